#include "cli/options/schedules.hpp"

#include "cli/options/spooled.hpp"
#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/nearest.hpp"
#include "core/base/text.hpp"
#include "core/query/bearers.hpp"
#include "core/rhythm/downtime.hpp"
#include "core/rhythm/schedule.hpp"
#include "core/time/length.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

// Of one definition, by key; never empty.
using Settings = std::map<std::string, const ScheduleSetting*>;

[[noreturn]] void refuse(const ScheduleSetting& setting, const std::string& problem,
                         const std::string& hint) {
    throw UsageError(
        fmt::format("{}: schedule of \"{}\": {}", setting.place, setting.definition, problem),
        hint);
}

std::map<std::string, Settings> by_definition(const Globals& globals) {
    const std::vector<std::string> keys{"every", "cron", "zone", "grace"};
    std::map<std::string, Settings> found;
    for (const auto& setting : globals.schedules) {
        if (std::find(keys.begin(), keys.end(), setting.key) == keys.end()) {
            const auto near = nearest(setting.key, keys);
            refuse(setting, fmt::format("no such key: \"{}\"", setting.key),
                   near.empty() ? "the keys are every, cron, zone and grace"
                                : fmt::format("did you mean \"{}\"?", near));
        }
        found[setting.definition][setting.key] = &setting;
    }
    return found;
}

// What `parse` makes of the value, its errors with the place of the setting.
template <class Parse>
auto parsed(const ScheduleSetting& setting, Parse parse) {
    try {
        return parse(setting.value);
    } catch (const UsageError& error) {
        refuse(setting, error.what(), error.hint());
    }
}

time::Duration period_of(const std::string& text) {
    const auto period = time::parse_length(text);
    if (period <= time::Duration{0}) throw UsageError("a period must be longer than 0");
    return period;
}

std::shared_ptr<const rhythm::Schedule> schedule_of(const Settings& settings,
                                                    const Globals& globals) {
    if (settings.contains("every")) {
        const auto& every = *settings.at("every");
        return std::make_shared<rhythm::EverySchedule>(parsed(every, period_of), every.value);
    }
    const auto clock = settings.contains("zone") ? parsed(*settings.at("zone"), time::Zone::named)
                                                 : globals.zone();
    return std::make_shared<rhythm::CronSchedule>(
        parsed(*settings.at("cron"), time::CronLine::parse), clock);
}

rhythm::ConfiguredSchedule configured(const Settings& settings, const Globals& globals) {
    const auto& first = *settings.begin()->second;
    if (settings.contains("every") == settings.contains("cron")) {
        refuse(first, "it takes either every or cron",
               "for example every = \"1d\", or cron = \"30 2 * * 1-5\"");
    }
    if (settings.contains("every") && settings.contains("zone"))
        refuse(*settings.at("zone"), "zone goes with cron", "a period has no time zone");
    rhythm::ConfiguredSchedule result{schedule_of(settings, globals), std::nullopt};
    if (settings.contains("grace"))
        result.grace = parsed(*settings.at("grace"), time::parse_length);
    return result;
}

// Adds what was set by a name that no definition has any more, for those that had it and have
// nothing of their own. `settings` are a map by id or name.
template <class Settings>
void add_for_renamed(Settings& settings, const store::Store& store) {
    if (settings.empty()) return;
    const query::Scope everything(store, {});
    Settings added;
    for (const auto& [name, setting] : settings) {
        for (const auto* definition : query::renamed_from(name, everything)) {
            const bool has_own = settings.contains(definition->id) ||
                                 (definition->label && settings.contains(*definition->label));
            if (!has_own) added.emplace(definition->id, setting);
        }
    }
    settings.merge(added);
}

}  // namespace

rhythm::MissedOptions missed_options(const Globals& globals, const store::Store& store) {
    rhythm::MissedOptions options;
    options.now = globals.now();
    for (const auto& [name, settings] : by_definition(globals))
        options.configured.emplace(name, configured(settings, globals));
    add_for_renamed(options.configured, store);
    options.down = rhythm::downtimes(store, options.now, alive_at_the_spool(globals));
    return options;
}

void warn_about_names(const Globals& globals, const store::Store& store) {
    if (globals.quiet || (globals.schedules.empty() && globals.objectives.empty())) return;
    const query::Scope everything(store, {});
    const auto warn = [&](const char* what, const std::string& name) {
        if (query::is_borne(name, everything.catalogue()) ||
            !query::renamed_from(name, everything).empty())
            return;
        print_warning(fmt::format("{} of \"{}\": no such definition has reported", what, name));
    };
    for (const auto& [name, settings] : by_definition(globals)) warn("schedule", name);
    for (const auto& setting : globals.objectives) warn("objective", setting.definition);
}

void add_objective(CLI::App& command, std::optional<double>& per_cent_value) {
    command
        .add_option("--objective", per_cent_value,
                    "PCT per cent of the jobs must succeed; adds the error budget")
        ->type_name("PCT")
        ->transform(per_cent());
}

query::Objectives objectives(const Globals& globals, std::optional<double> per_cent_value,
                             const store::Store& store) {
    query::Objectives found;
    if (per_cent_value) found.general = *per_cent_value / 100;
    for (const auto& setting : globals.objectives) {
        std::string text = setting.value;
        const auto problem = per_cent()(text);
        if (!problem.empty()) {
            throw UsageError(fmt::format("{}: objective of \"{}\": {}", setting.place,
                                         setting.definition, problem),
                             "for example \"User import\" = 99.5");
        }
        found.own.emplace(setting.definition, std::stod(text) / 100);
    }
    add_for_renamed(found.own, store);
    return found;
}

}  // namespace jobtally::cli
