// `jobtally missed`: which definition should have reported by now and has not.
#include "core/rhythm/missed.hpp"

#include "cli/application.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/schedules.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/terminal/messages.hpp"
#include "core/rhythm/gaps.hpp"
#include "core/time/length.hpp"
#include "core/time/rfc3339.hpp"

#include <memory>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

struct MissedOptions {
    SelectionOptions selection;
    std::string history;  // a length, or `all`; empty without --history
    bool exit_code = false;
};

query::Selection selection_of(const MissedOptions& options, const Globals& globals) {
    auto selection = options.selection.selection(globals);
    if (!options.history.empty() && options.history != "all") {
        selection.span = {globals.now() - time::parse_length(options.history), globals.now()};
    }
    return selection;
}

void note_downtime(const Globals& globals, const rhythm::MissedOptions& options) {
    if (globals.quiet || options.down.empty() || *options.down.back().until != options.now) return;
    print_note(fmt::format(
        "no listener has been up since {}: what was due since is not held against a definition",
        time::format_utc(*options.down.back().since)));
}

int run(const Globals& globals, MissedOptions options) {
    Output output(globals);
    if (options.exit_code) options.selection.judge_what_ended();
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, selection_of(options, globals));
    warn_about_unmatched(globals, scope);
    output.tell_apart(scope);
    const auto missed_by = missed_options(globals, store);
    warn_about_names(globals, store);
    note_downtime(globals, missed_by);
    if (!options.history.empty()) {
        output.print(rhythm::gaps_table(rhythm::gaps(scope, missed_by)));
        output.finish();
        return exit_done;
    }
    const auto answer = rhythm::missed(scope, missed_by);
    output.print(rhythm::missed_table(answer));
    output.finish();
    return options.exit_code && answer.problems() > 0 ? exit_condition : exit_done;
}

}  // namespace

void add_missed(Application& application) {
    auto options = std::make_shared<MissedOptions>();
    auto& command = application.add_command(
        "missed", "Which definition should have reported by now and has not",
        [&application, options] { return run(application.globals(), *options); });
    add_selection(command, options->selection);
    auto* history = command
                        .add_option("--history", options->history,
                                    "List past gaps instead, of all times or of the last LENGTH")
                        ->type_name("[LENGTH]")
                        ->expected(0, 1)
                        ->default_str("all");
    command
        .add_flag("--exit-code", options->exit_code,
                  "Exit with 4 when any is late, missed or stuck")
        ->excludes(history);
}

}  // namespace jobtally::cli
