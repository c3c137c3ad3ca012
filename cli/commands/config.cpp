// `jobtally config`: what is in force, and who said so.
#include "cli/application.hpp"
#include "cli/options/output.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/nearest.hpp"
#include "core/base/text.hpp"
#include "core/table/result_table.hpp"

#include <algorithm>
#include <memory>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

bool is_of(const std::string& section, const Setting& setting) {
    return setting.name == section || setting.name.starts_with(section + ".");
}

// Everything where no section is named.
bool is_wanted(const Setting& setting, const std::vector<std::string>& sections) {
    return sections.empty() ||
           std::any_of(sections.begin(), sections.end(),
                       [&](const auto& section) { return is_of(section, setting); });
}

// Sections that the file need not have are no mistake.
void require_known(const std::vector<std::string>& sections, const std::vector<Setting>& settings) {
    std::vector<std::string> names;
    for (const auto& setting : settings) {
        names.push_back(setting.name);
        names.push_back(setting.name.substr(0, setting.name.find('.')));
    }
    for (const auto& section : sections) {
        const auto of_definitions = section.substr(0, section.find('.'));
        if (of_definitions == "schedule" || of_definitions == "objective") continue;
        const auto holds = [&](const auto& setting) { return is_of(section, setting); };
        if (std::none_of(settings.begin(), settings.end(), holds))
            throw UsageError(fmt::format("there is no setting {}", in_quotes(section)),
                             did_you_mean(section, names, "`jobtally config` shows them all"));
    }
}

int print_settings(const Application& application, const std::vector<std::string>& sections) {
    Output output(application.globals());
    table::ResultTable table;
    table.rows_key = "settings";
    table.columns = {{"name", "name"}, {"value", "value"}, {"source", "source"}};
    table.empty_note = "no such settings";
    const auto settings = application.configuration().settings();
    require_known(sections, settings);
    for (const auto& setting : settings) {
        if (is_wanted(setting, sections))
            table.rows.push_back(
                {setting.name, table::cell_or_unknown(setting.value), setting.source});
    }
    output.print(table);
    output.finish();
    return exit_done;
}

}  // namespace

void add_config(Application& application) {
    auto sections = std::make_shared<std::vector<std::string>>();
    auto& command = application.add_command(
        "config", "Show the settings that are in force, and where each comes from",
        [&application, sections] { return print_settings(application, *sections); });
    command.add_option("SECTION", *sections, "Only these, such as `summary` or `summary.last`");
}

}  // namespace jobtally::cli
