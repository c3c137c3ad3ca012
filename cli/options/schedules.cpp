#include "cli/options/schedules.hpp"

#include "cli/terminal/messages.hpp"
#include "core/rhythm/downtime.hpp"
#include "core/rhythm/schedule.hpp"
#include "core/time/length.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

using Settings = std::map<std::string, std::string>;  // of one definition, by key

[[noreturn]] void refuse(const std::string& definition, const std::string& problem,
                         const std::string& hint) {
    throw UsageError(
        fmt::format("schedule of \"{}\" in the configuration file: {}", definition, problem), hint);
}

std::map<std::string, Settings> by_definition(const Globals& globals) {
    constexpr const char* keys[] = {"every", "cron", "zone", "grace"};
    std::map<std::string, Settings> found;
    for (const auto& setting : globals.schedules) {
        if (std::find(std::begin(keys), std::end(keys), setting.key) == std::end(keys)) {
            refuse(setting.definition, fmt::format("no such key: \"{}\"", setting.key),
                   "the keys are every, cron, zone and grace");
        }
        found[setting.definition][setting.key] = setting.value;
    }
    return found;
}

std::shared_ptr<const rhythm::Schedule> schedule_of(const Settings& settings,
                                                    const Globals& globals) {
    if (settings.contains("every")) {
        const auto& every = settings.at("every");
        const auto period = time::parse_length(every);
        if (period <= time::Duration{0}) throw UsageError("a period must be longer than 0");
        return std::make_shared<rhythm::EverySchedule>(period, every);
    }
    const auto clock =
        settings.contains("zone") ? time::Zone::named(settings.at("zone")) : globals.zone();
    return std::make_shared<rhythm::CronSchedule>(time::CronLine::parse(settings.at("cron")),
                                                  clock);
}

rhythm::ConfiguredSchedule configured(const std::string& definition, const Settings& settings,
                                      const Globals& globals) {
    if (settings.contains("every") == settings.contains("cron")) {
        refuse(definition, "it takes either every or cron",
               "for example every = \"1d\", or cron = \"30 2 * * 1-5\"");
    }
    if (settings.contains("every") && settings.contains("zone")) {
        refuse(definition, "zone goes with cron", "a period has no time zone");
    }
    try {
        rhythm::ConfiguredSchedule result{schedule_of(settings, globals), std::nullopt};
        if (settings.contains("grace")) result.grace = time::parse_length(settings.at("grace"));
        return result;
    } catch (const UsageError& error) {
        refuse(definition, error.what(), error.hint());
    }
}

}  // namespace

rhythm::MissedOptions missed_options(const Globals& globals, const store::Store& store) {
    rhythm::MissedOptions options;
    options.now = globals.now();
    for (const auto& [definition, settings] : by_definition(globals)) {
        options.configured.emplace(definition, configured(definition, settings, globals));
    }
    options.down = rhythm::downtimes(store, options.now);
    return options;
}

void warn_about_schedules(const Globals& globals, const query::Scope& scope) {
    if (globals.quiet) return;
    const auto& known = scope.catalogue().definitions();
    for (const auto& [name, settings] : by_definition(globals)) {
        const auto is_it = [&name = name](const store::Definition& definition) {
            return definition.id == name || definition.label == name;
        };
        if (std::any_of(known.begin(), known.end(), is_it)) continue;
        print_warning(fmt::format("schedule of \"{}\": no such definition has reported", name));
    }
}

}  // namespace jobtally::cli
