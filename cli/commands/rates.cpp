// `jobtally rates`: shares of successful jobs and records.
#include "core/answers/rates.hpp"

#include "cli/application.hpp"
#include "cli/options/query_options.hpp"
#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/answers/plots.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct Options {
    SelectionOptions selection;
    GroupingOptions grouping;
    std::optional<double> fail_under;  // per cent
};

// No finished job is no failure to reach the rate.
bool is_under(const answers::RatesAnswer& answer, const std::optional<double>& per_cent) {
    const auto rate = answer.total.counts.success_rate().value();
    return per_cent && rate && *rate * 100 < *per_cent;
}

int run(const Globals& globals, const Options& options) {
    Output output(globals);
    check_plot(output, options.grouping);
    const auto selection = options.selection.selection(globals);
    const auto compared = compared_selection(globals, options.grouping, selection);
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, selection);
    warn_about_unmatched(globals, scope);
    const auto by = options.grouping.group_by();
    const auto answer = answers::rates(scope, by, options.grouping.trend(output));
    if (options.grouping.plot) {
        const auto table = arranged(answers::rates_table(answer), options.grouping);
        output.print(answers::plots_of(table, answers::rates_plot()));
    } else if (compared) {
        const auto before = answers::rates(query::Scope(store, *compared), by);
        print_groups(output, answers::rates_table(answer, before), options.grouping);
    } else {
        print_groups(output, answers::rates_table(answer), options.grouping);
    }
    output.finish();
    return is_under(answer, options.fail_under) ? exit_condition : exit_done;
}

}  // namespace

void add_rates(Application& application) {
    auto options = std::make_shared<Options>();
    auto& command = application.add_command(
        "rates", "Shares of successful jobs and records",
        [&application, options] { return run(application.globals(), *options); });
    add_selection(command, options->selection);
    add_grouping(command, options->grouping);
    command
        .add_option("--fail-under", options->fail_under,
                    "Exit with 4 when the total job success rate is below PCT per cent")
        ->type_name("PCT")
        ->check(per_cent());
}

}  // namespace jobtally::cli
