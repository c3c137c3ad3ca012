#include "cli/options/selection_options.hpp"

#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/error.hpp"
#include "core/time/expression.hpp"
#include "core/time/length.hpp"
#include "core/time/rfc3339.hpp"

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

store::WhichTime at_named(const std::string& name) {
    if (name == "updated") return store::WhichTime::updated;
    if (name == "received") return store::WhichTime::received;
    return store::WhichTime::created;
}

time::TimeSpan window(const SelectionOptions& options, const Globals& globals) {
    const auto zone = globals.zone();
    const auto now = globals.now();
    if (!options.period.empty()) return time::parse_period(options.period, now, zone);
    time::TimeSpan span;
    if (!options.last.empty()) {
        span = {now - time::parse_length(options.last), now};
    }
    if (!options.since.empty()) span.since = time::parse_time(options.since, now, zone);
    if (!options.until.empty()) span.until = time::parse_time(options.until, now, zone);
    if (span.since && span.until && *span.until < *span.since) {
        throw UsageError(fmt::format("the window ends before it begins: {} to {}",
                                     time::format_utc(*span.since), time::format_utc(*span.until)));
    }
    if (span.since && span.since == span.until) {
        print_warning(fmt::format("the window ends where it begins, at {}, so nothing is in it",
                                  time::format_utc(*span.since)));
    }
    return span;
}

}  // namespace

query::Selection SelectionOptions::selection(const Globals& globals) const {
    query::Selection selection;
    selection.span = window(*this, globals);
    selection.at = at_named(at);
    selection.zone = globals.zone();
    selection.definitions = definitions;
    selection.types = types;
    selection.statuses = statuses;
    selection.sources = sources;
    selection.min_runs = min_runs;
    return selection;
}

void SelectionOptions::judge_what_ended(const char* without_window) {
    if (at.empty()) at = "updated";
    if (since.empty() && until.empty() && last.empty() && period.empty()) last = without_window;
}

void add_selection(CLI::App& command, SelectionOptions& options, const char* type) {
    const std::string group = "Which reports";
    auto* since = command.add_option("-S,--since", options.since, "From this time on")
                      ->type_name("TIME")
                      ->group(group);
    auto* until = command.add_option("-U,--until", options.until, "Before this time")
                      ->type_name("TIME")
                      ->group(group);
    auto* last = command.add_option("--last", options.last, "The time up to now: 24h, 7d, 2w")
                     ->type_name("LENGTH")
                     ->excludes(since)
                     ->excludes(until)
                     ->group(group);
    command
        .add_option("--period", options.period,
                    "today, yesterday, this-week, last-month, 2026-11, 2026-W47, ...")
        ->type_name("PERIOD")
        ->excludes(since)
        ->excludes(until)
        ->excludes(last)
        ->group(group);
    command
        .add_option("-d,--definition", options.definitions,
                    "Definitions by id, name or glob; `!x` excludes; repeatable")
        ->type_name("DEFINITION")
        ->allow_extra_args(false)
        ->group(group);
    command.add_option(type, options.types, "import or export; repeatable")
        ->type_name("TYPE")
        ->allow_extra_args(false)
        ->group(group);
    command.add_option("-s,--status", options.statuses, "SUCCESS, FAILURE or RUNNING; repeatable")
        ->type_name("STATUS")
        ->allow_extra_args(false)
        ->group(group);
    command
        .add_option("--source", options.sources,
                    "Where they came from, by name or glob; `!x` excludes; repeatable")
        ->type_name("NAME")
        ->allow_extra_args(false)
        ->group(group);
    command.add_option("--at", options.at, "Which time counts: created, updated or received")
        ->type_name("WHICH")
        ->check(one_of({"created", "updated", "received"}))
        ->default_str("created")
        ->group(group);
    command
        .add_option("--min-runs", options.min_runs,
                    "Only definitions with at least N finished reports")
        ->type_name("N")
        ->check(whole_number(0))
        ->group(group);
    add_from(command, options.from);
}

void tell_defaults(CLI::App& command) {
    command.get_option("--last")->default_str("24h");
    command.get_option("--at")->default_str("updated");
}

void add_from(CLI::App& command, std::vector<std::string>& from) {
    command
        .add_option("--from", from,
                    "Read reports from FILE (`-`: stdin) instead of a store; repeatable")
        ->type_name("FILE")
        ->allow_extra_args(false)
        ->group("Which reports");
}

}  // namespace jobtally::cli
