// `jobtally failures`: which definitions fail, since when, how often in a row.
#include "core/answers/failures.hpp"

#include "cli/application.hpp"
#include "cli/options/grouped.hpp"
#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/answers/list.hpp"
#include "core/answers/plots.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct FailuresOptions {
    GroupedOptions grouped;
    std::size_t recent = 0;
    bool exit_code = false;
};

answers::FailuresAnswer print_failures(Output& output, const Globals& globals,
                                       const GroupedOptions& options) {
    const auto by = options.group_by();
    return print_grouped(
        output, globals, options,
        [&](const query::Scope& scope, table::Sparkline trend) {
            return answers::failures(scope, by, trend);
        },
        [](const auto&... sides) { return answers::failures_table(sides...); },
        [&](const answers::FailuresAnswer& answer) {
            return answers::plots_of(arranged(answers::failures_table(answer), options),
                                     answers::failures_plot(), output.twins());
        });
}

answers::FailuresAnswer print_recent(Output& output, const Globals& globals,
                                     const FailuresOptions& options) {
    const GroupedQuestion question(globals, options.grouped, output);
    if (!options.grouped.get.empty())
        throw UsageError("--recent lists reports: it has no --get", "leave one of them out");
    output.print(answers::list_table(answers::list(question.scope(), {options.recent, true})));
    output.finish();
    return answers::failures(question.scope(), options.grouped.group_by());
}

int run(const Globals& globals, FailuresOptions options) {
    Output output(globals);
    if (options.exit_code) options.grouped.selection.judge_what_ended();
    const auto answer = options.recent > 0 ? print_recent(output, globals, options)
                                           : print_failures(output, globals, options.grouped);
    return options.exit_code && answer.total.counts.failed() > 0 ? exit_condition : exit_done;
}

}  // namespace

void add_failures(Application& application) {
    auto options = std::make_shared<FailuresOptions>();
    auto& command = application.add_command(
        "failures", "Which definitions fail, since when, how often in a row",
        [&application, options] { return run(application.globals(), *options); });
    add_grouped(command, options->grouped);
    command.add_option("--recent", options->recent, "List the N newest failed reports instead")
        ->type_name("N")
        ->check(whole_number(1));
    command.add_flag("--exit-code", options->exit_code, "Exit with 4 when any job failed");
}

}  // namespace jobtally::cli
