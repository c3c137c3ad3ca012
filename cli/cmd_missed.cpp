// `jobtally missed`: which definition should have reported by now and has not.
#include "cli/messages.hpp"
#include "cli/query_options.hpp"
#include "core/query/missed.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct Options {
    SelectionOptions selection;
    bool exit_code = false;
};

int run(const Globals& globals, const Options& options) {
    Output output(globals);
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, options.selection.selection(globals));
    warn_about_unmatched(globals, scope);
    query::MissedOptions missed_options;
    missed_options.now = globals.now();
    const auto answer = query::missed(scope, missed_options);
    output.print(query::missed_table(answer));
    output.finish();
    return options.exit_code && answer.problems() > 0 ? exit_condition : exit_done;
}

}  // namespace

void add_missed(Application& application) {
    auto options = std::make_shared<Options>();
    auto& command = application.add_command(
        "missed", "Which definition should have reported by now and has not",
        [&application, options] { return run(application.globals(), *options); });
    add_selection(command, options->selection);
    command.add_flag("--exit-code", options->exit_code,
                     "Exit with 4 when any is late, missed or stuck");
}

}  // namespace jobtally::cli
