// `jobtally rates`: shares of successful jobs and records.
#include "cli/messages.hpp"
#include "cli/query_options.hpp"
#include "core/query/rates.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct Options {
    SelectionOptions selection;
    GroupingOptions grouping;
    std::optional<double> fail_under;  // per cent
};

// No finished job is no failure to reach the rate.
bool is_under(const query::RatesAnswer& answer, const std::optional<double>& per_cent) {
    const auto rate = answer.total.counts.success_rate().value();
    return per_cent && rate && *rate * 100 < *per_cent;
}

int run(const Globals& globals, const Options& options) {
    Output output(globals);
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, options.selection.selection(globals));
    warn_about_unmatched(globals, scope);
    const auto answer = query::rates(scope, query::by_named(options.grouping.by));
    print_groups(output, query::rates_table(answer), options.grouping);
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
        ->check(CLI::Range(0.0, 100.0));
}

}  // namespace jobtally::cli
