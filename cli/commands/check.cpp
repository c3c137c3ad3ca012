// `jobtally check`: a plugin for Nagios, Icinga and their kin.
#include "core/probe/check.hpp"

#include "cli/application.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/schedules.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/options/spooled.hpp"
#include "cli/options/validators.hpp"
#include "cli/options/writing_options.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/text.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/plugin_output.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

using table::ProbeState;

struct CheckOptions {
    SelectionOptions selection;
    std::string metric{probe::check_metrics().front().name};
    std::string warning, critical;
    std::string by = "none";
    std::optional<double> objective;  // per cent
    std::string no_data;              // empty: unknown, and what was known before stands
    bool on_change = false;
    std::int64_t confirm = 1;
    std::int64_t timeout = 0;  // seconds; 0: as long as it takes
};

// Of a share that must not fall, `-w 95` is easily written for `-w 95:`, and alerts when all is
// well.
std::optional<probe::Threshold> range(const std::string& text, const probe::Metric& metric) {
    if (text.empty()) return std::nullopt;
    const auto threshold = probe::Threshold::parse(text, metric.unit);
    if (metric.low_is_bad && text.find_first_of(":@") == text.npos)
        print_warning(fmt::format("range \"{0}\" alerts above {0}; \"{0}:\" alerts below", text));
    return threshold;
}

ProbeState state_named(const std::string& name) {
    constexpr const char* names[] = {"ok", "warning", "critical", "unknown"};
    return static_cast<ProbeState>(std::find(std::begin(names), std::end(names), name) - names);
}

// `in the last 24h`, `from 2026-11-01 00:00 to 2026-11-02 00:00 UTC, by created_at`, or nothing.
std::string window_in_words(const SelectionOptions& selection, const table::Window& window,
                            const render::Style& style) {
    if (!selection.last.empty()) return "in the last " + selection.last;
    if (!window.span.since && !window.span.until) return "";
    const bool closed = window.span.since && window.span.until;
    return (closed ? "from " : "") + render::window_text(window, style);
}

// The name under which the state of this question is remembered: all options that change its
// answer.
std::string name_of_probe(const CheckOptions& options) {
    const auto& selection = options.selection;
    std::string name = options.metric;
    const auto add = [&](std::string_view option, const std::string& value) {
        if (!value.empty()) name += fmt::format(" {} \"{}\"", option, visible(value));
    };
    const auto add_all = [&](std::string_view option, const std::vector<std::string>& values) {
        for (const auto& value : values) add(option, value);
    };
    add("--by", options.by);
    add("-w", options.warning);
    add("-c", options.critical);
    add("--no-data", options.no_data);
    if (options.objective) add("--objective", fmt::format("{}", *options.objective));
    if (options.confirm > 1) add("--confirm", std::to_string(options.confirm));
    add("--last", selection.last);
    add("--period", selection.period);
    add("--since", selection.since);
    add("--until", selection.until);
    add("--at", selection.at);
    add("--min-runs", std::to_string(selection.min_runs));
    add_all("-d", selection.definitions);
    add_all("-t", selection.types);
    add_all("-s", selection.statuses);
    add_all("--source", selection.sources);
    return name;
}

// What is asked, as far as it is known before the store is opened.
struct Question {
    query::Selection selection;
    probe::CheckOptions check;
};

Question question(const Globals& globals, const CheckOptions& options, const render::Style& style) {
    Question asked{options.selection.selection(globals), {}};
    asked.selection.now = globals.now();
    asked.selection.min_runs = 0;  // here it limits the values, not the definitions
    auto& check = asked.check;
    check.metric = &probe::check_metric_named(options.metric);
    check.by_definition = options.by == "definition";
    check.warning = range(options.warning, *check.metric);
    check.critical = range(options.critical, *check.metric);
    check.min_runs = options.selection.min_runs;
    check.last_known_stands = options.no_data.empty();
    if (!options.no_data.empty()) check.no_data = state_named(options.no_data);
    check.when = window_in_words(options.selection, query::window_of(asked.selection), style);
    // Bodies that came while the listener's clock was ahead have come.
    const bool ends_now = globals.now_text.empty() && options.selection.until.empty() &&
                          options.selection.period.empty();
    if (options.metric == "rejected" && ends_now) asked.selection.span.until.reset();
    return asked;
}

std::string said_before(const store::ProbeRecord& said, const render::Style& style) {
    return fmt::format("was {} since {}", said.state, render::human_text(said.since, style));
}

// The exit code says the state even if the reader of stdout has gone. False where that is so.
bool print(const Globals& globals, Output& output, const table::Probe& probe) {
    try {
        output.write(render::render_probe(probe, output.format(), output.style(), globals.verbose));
        output.finish();
    } catch (const ClosedPipe&) {
        return false;
    }
    return true;
}

int exit_of(ProbeState state) {
    return static_cast<int>(state);
}

// A change is printed before it is remembered: it is better said twice than never.
int run_on_change(const Globals& globals, const CheckOptions& options) {
    Output output(globals);
    auto asked = question(globals, options, output.style());
    const auto name = name_of_probe(options);
    std::optional<store::ProbeRecord> said;
    table::Probe probe;
    {
        const auto store = open_store(globals, {});
        asked.check.expected = {missed_options(globals, store),
                                objectives(globals, options.objective, store)};
        probe = probe::check(query::Scope(store, asked.selection), asked.check);
        tell_spooled(probe, globals);
        said = store::find_probe(store, name);
    }
    const auto step =
        probe::probe_step(said, probe.state, options.confirm, asked.check.expected.now);
    if (step.changed) {
        if (said) probe.remarks.push_back(said_before(*said, output.style()));
        if (!print(globals, output, probe)) return exit_of(probe.state);
    }
    if (step.record) {
        auto store = open_to_write(globals);
        store::keep_probe(store, name, *step.record);
    }
    return step.changed ? exit_of(probe.state) : exit_done;
}

// Writes without memory or locks: the work that it ends may hold any.
void tell_timeout(int) {
    constexpr std::string_view line = "JOBTALLY UNKNOWN - no answer within the time of --timeout\n";
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, line.data(), line.size());
    ::_exit(exit_of(ProbeState::unknown));
}

int run(const Globals& globals, CheckOptions options) {
    std::signal(SIGALRM, tell_timeout);
    ::alarm(static_cast<unsigned>(options.timeout));
    const auto& metric = probe::check_metric_named(options.metric);
    options.selection.judge_what_ended(metric.last);
    if (options.on_change) return run_on_change(globals, options);
    Output output(globals);
    auto asked = question(globals, options, output.style());
    const auto store = open_store(globals, options.selection.from);
    asked.check.expected = {missed_options(globals, store),
                            objectives(globals, options.objective, store)};
    auto probe = probe::check(query::Scope(store, asked.selection), asked.check);
    if (options.selection.from.empty()) tell_spooled(probe, globals);
    print(globals, output, probe);
    return exit_of(probe.state);
}

// Errors go to stdout, which monitoring systems read, with the exit code of UNKNOWN: 1 and 2 would
// mean WARNING and CRITICAL. What can't be said there is said on stderr.
int tell_error(const Error& error) {
    std::string text = error.what();
    if (!error.hint().empty()) text += fmt::format(" ({})", error.hint());
    try {
        write_to_stdout(render::plugin_line(ProbeState::unknown, text) + "\n");
    } catch (const IoError&) {
        print_error(error);
    } catch (const ClosedPipe&) {
        // nobody reads it
    }
    return exit_of(ProbeState::unknown);
}

std::vector<std::string> metric_names() {
    std::vector<std::string> names;
    for (const auto& metric : probe::check_metrics()) names.emplace_back(metric.name);
    return names;
}

void add_thresholds(CLI::App& command, CheckOptions& options) {
    const auto filled = [](const std::string& text) {
        return std::string(text.empty() ? "a range is missing" : "");
    };
    command
        .add_option("-w,--warning", options.warning,
                    "WARNING outside RANGE: 5 is above 5, 95: below 95")
        ->type_name("RANGE")
        ->check(filled);
    command.add_option("-c,--critical", options.critical, "CRITICAL outside RANGE")
        ->type_name("RANGE")
        ->check(filled);
}

void add_timeout(CLI::App& command, std::int64_t& seconds) {
    command.add_option("-t,--timeout", seconds, "UNKNOWN where there is no answer within SECONDS")
        ->type_name("SECONDS")
        ->check(whole_number(1))
        ->check(CLI::Range(1, 86'400));
}

}  // namespace

void add_check(Application& application) {
    auto options = std::make_shared<CheckOptions>();
    auto& command = application.add_command(
        "check", "A plugin for Nagios and Icinga: OK, WARNING, CRITICAL or UNKNOWN",
        [&application, options] { return run(application.globals(), *options); });
    application.tell_errors_by(command, tell_error, exit_of(ProbeState::unknown));
    add_timeout(command, options->timeout);
    command.add_option("--metric", options->metric, "What to measure (default job-success-rate)")
        ->type_name("METRIC")
        ->check(one_of(metric_names()));
    add_thresholds(command, *options);
    add_objective(command, options->objective);
    command
        .add_option("--by", options->by, "Judge each definition, or all together (default none)")
        ->type_name("WHAT")
        ->check(one_of({"definition", "none"}));
    command
        .add_option("--no-data", options->no_data,
                    "The state where there is nothing to judge (default unknown)")
        ->type_name("STATE")
        ->check(one_of({"ok", "warning", "critical", "unknown"}))
        ->default_str("unknown");
    add_selection(command, options->selection, "--type");
    tell_defaults(command);
    auto* on_change = command.add_flag("--on-change", options->on_change,
                                       "Say nothing and exit with 0 unless the state has changed");
    on_change->excludes(command.get_option("--from"));
    command
        .add_option("--confirm", options->confirm,
                    "With --on-change: a state counts when it was seen N times in a row")
        ->type_name("N")
        ->check(whole_number(1))
        ->needs(on_change);
}

}  // namespace jobtally::cli
