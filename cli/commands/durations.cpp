// `jobtally durations`: how long jobs take.
#include "core/answers/durations.hpp"

#include "cli/application.hpp"
#include "cli/options/grouped.hpp"
#include "cli/terminal/messages.hpp"
#include "core/answers/plots.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct DurationsOptions {
    GroupedOptions grouped;
    std::string percentiles = "50,90,95,99";
};

answers::DurationsOptions wanted(const Output& output, const DurationsOptions& options) {
    answers::DurationsOptions wanted;
    wanted.percentiles = query::Percentile::list(options.percentiles);
    wanted.histogram = output.sparkline();
    wanted.keep_values = options.grouped.plot || !options.grouped.compare.empty();
    return wanted;
}

// The places of the groups in the order of their table, as many as that has.
std::vector<std::size_t> places(const answers::DurationsAnswer& answer,
                                const GroupedOptions& options) {
    auto table = answers::durations_table(answer);
    table.columns.push_back({"place", "place"});
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        table.rows[i].emplace_back(static_cast<std::int64_t>(i));
    std::vector<std::size_t> places;
    for (const auto& row : arranged(std::move(table), options).rows)
        places.push_back(static_cast<std::size_t>(std::get<std::int64_t>(row.back())));
    return places;
}

// The distribution of each group; with a series how its median goes.
table::Plots plots(const answers::DurationsAnswer& answer, const GroupedOptions& options,
                   const query::Twins& twins) {
    if (!answer.by.every) return answers::distributions_of(answer, places(answer, options), twins);
    return answers::plots_of(arranged(answers::durations_table(answer), options),
                             answers::durations_plot(), twins);
}

int run(const Globals& globals, const DurationsOptions& options) {
    Output output(globals);
    const auto by = options.grouped.group_by();
    const auto asked = wanted(output, options);
    print_grouped(
        output, globals, options.grouped,
        [&](const query::Scope& scope, table::Sparkline) {
            return answers::durations(scope, by, asked);
        },
        [](const auto&... sides) { return answers::durations_table(sides...); },
        [&](const answers::DurationsAnswer& answer) {
            return plots(answer, options.grouped, output.twins());
        });
    return exit_done;
}

}  // namespace

void add_durations(Application& application) {
    auto options = std::make_shared<DurationsOptions>();
    auto& command = application.add_command(
        "durations", "How long jobs take",
        [&application, options] { return run(application.globals(), *options); });
    add_grouped(command, options->grouped);
    command.add_option("-p,--percentiles", options->percentiles, "Other percentiles: 50,99.9")
        ->type_name("P,...");
}

}  // namespace jobtally::cli
