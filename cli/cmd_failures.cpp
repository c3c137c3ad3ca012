// `jobtally failures`: which definitions fail, since when, how often in a row.
#include "cli/messages.hpp"
#include "cli/query_options.hpp"
#include "core/query/failures.hpp"
#include "core/query/list.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct Options {
    SelectionOptions selection;
    GroupingOptions grouping;
    std::size_t recent = 0;
    bool exit_code = false;
};

int run(const Globals& globals, const Options& options) {
    Output output(globals);
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, options.selection.selection(globals));
    warn_about_unmatched(globals, scope);
    const auto answer = query::failures(scope, query::by_named(options.grouping.by));
    if (options.recent > 0) {
        output.print(query::list_table(query::list(scope, {options.recent, true})));
    } else {
        print_groups(output, query::failures_table(answer), options.grouping);
    }
    output.finish();
    return options.exit_code && answer.total.counts.failed() > 0 ? exit_condition : exit_done;
}

}  // namespace

void add_failures(Application& application) {
    auto options = std::make_shared<Options>();
    auto& command = application.add_command(
        "failures", "Which definitions fail, since when, how often in a row",
        [&application, options] { return run(application.globals(), *options); });
    add_selection(command, options->selection);
    add_grouping(command, options->grouping);
    command.add_option("--recent", options->recent, "List the N newest failed reports instead")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    command.add_flag("--exit-code", options->exit_code, "Exit with 4 when any job failed");
}

}  // namespace jobtally::cli
