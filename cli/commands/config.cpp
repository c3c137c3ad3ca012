// `jobtally config`: what is in force, and who said so.
#include "cli/application.hpp"
#include "cli/options/output.hpp"
#include "cli/terminal/messages.hpp"
#include "core/table/result_table.hpp"

#include <algorithm>
#include <memory>

namespace jobtally::cli {

namespace {

// Everything where no section is named.
bool is_wanted(const Setting& setting, const std::vector<std::string>& sections) {
    return sections.empty() ||
           std::any_of(sections.begin(), sections.end(), [&](const auto& section) {
               return setting.name == section || setting.name.starts_with(section + ".");
           });
}

int print_settings(const Application& application, const std::vector<std::string>& sections) {
    Output output(application.globals());
    table::ResultTable table;
    table.rows_key = "settings";
    table.columns = {{"name", "name"}, {"value", "value"}, {"source", "source"}};
    table.empty_note = "no such settings";
    for (const auto& setting : application.configuration().settings()) {
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
