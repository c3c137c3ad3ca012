// `jobtally rates`: shares of successful jobs and operations.
#include "core/answers/rates.hpp"

#include "cli/application.hpp"
#include "cli/options/grouped.hpp"
#include "cli/options/schedules.hpp"
#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/answers/objective.hpp"
#include "core/answers/plots.hpp"
#include "core/probe/threshold.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct RatesOptions {
    GroupedOptions grouped;
    std::optional<double> fail_under;  // per cent
    std::optional<double> objective;   // per cent
};

// Without finished jobs there is no rate that could be too low.
bool is_under(const answers::RatesAnswer& answer, const std::optional<double>& per_cent) {
    const auto rate = answer.total.counts.success_rate().value();
    return per_cent && rate && probe::per_cent(*rate) < *per_cent;
}

int run(const Globals& globals, RatesOptions options) {
    Output output(globals);
    if (options.fail_under) options.grouped.selection.judge_what_ended();
    const auto by = options.grouped.group_by();
    const bool has_objectives = options.objective || !globals.objectives.empty();
    const auto answer = print_grouped(
        output, globals, options.grouped,
        [&](const query::Scope& scope, table::Sparkline trend) {
            auto found = answers::rates(scope, by, trend);
            if (has_objectives)
                answers::set_objectives(found,
                                        objectives(globals, options.objective, scope.store()));
            return found;
        },
        [&](const auto&... sides) { return answers::rates_table(sides..., has_objectives); },
        [&](const answers::RatesAnswer& now) {
            return answers::plots_of(arranged(answers::rates_table(now), options.grouped),
                                     answers::rates_plot(), output.twins());
        });
    return is_under(answer, options.fail_under) ? exit_condition : exit_done;
}

}  // namespace

void add_rates(Application& application) {
    auto options = std::make_shared<RatesOptions>();
    auto& command = application.add_command(
        "rates", "Shares of successful jobs and records",
        [&application, options] { return run(application.globals(), *options); });
    add_grouped(command, options->grouped);
    command
        .add_option("--fail-under", options->fail_under,
                    "Exit with 4 when the total job success rate is below PCT per cent")
        ->type_name("PCT")
        ->transform(per_cent());
    add_objective(command, options->objective);
}

}  // namespace jobtally::cli
