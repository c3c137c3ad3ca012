// `jobtally failures`: which definitions fail, since when, how often in a row.
#include "core/answers/failures.hpp"

#include "cli/application.hpp"
#include "cli/options/query_options.hpp"
#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/answers/list.hpp"
#include "core/answers/plots.hpp"

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
    check_plot(output, options.grouping);
    const auto selection = options.selection.selection(globals);
    const auto compared = compared_selection(globals, options.grouping, selection);
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, selection);
    warn_about_unmatched(globals, scope);
    const auto by = options.grouping.group_by();
    const auto answer = answers::failures(scope, by, options.grouping.trend(output));
    if (options.recent > 0 && !options.grouping.get.empty()) {
        throw UsageError("--recent lists reports: it has no --get", "leave one of them out");
    }
    if (options.recent > 0) {
        output.print(answers::list_table(answers::list(scope, {options.recent, true})));
    } else if (options.grouping.plot) {
        const auto table = arranged(answers::failures_table(answer), options.grouping);
        output.print(answers::plots_of(table, answers::failures_plot()));
    } else if (compared) {
        const auto before = answers::failures(query::Scope(store, *compared), by);
        print_groups(output, answers::failures_table(answer, before), options.grouping);
    } else {
        print_groups(output, answers::failures_table(answer), options.grouping);
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
        ->check(whole_number(1));
    command.add_flag("--exit-code", options->exit_code, "Exit with 4 when any job failed");
}

}  // namespace jobtally::cli
