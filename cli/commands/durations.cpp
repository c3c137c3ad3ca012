// `jobtally durations`: how long jobs take.
#include "core/answers/durations.hpp"

#include "cli/application.hpp"
#include "cli/options/query_options.hpp"
#include "cli/terminal/messages.hpp"
#include "core/answers/plots.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct Options {
    SelectionOptions selection;
    GroupingOptions grouping;
    std::string percentiles = "50,90,95,99";
};

answers::Histogram histogram_for(const Output& output) {
    using render::Format;
    if (output.format() == Format::html) return answers::Histogram::blocks;
    const bool for_people = output.format() == Format::table || output.format() == Format::markdown;
    if (!for_people) return answers::Histogram::none;
    return output.style().ascii ? answers::Histogram::ascii : answers::Histogram::blocks;
}

answers::DurationsOptions wanted(const Output& output, const Options& options) {
    answers::DurationsOptions wanted{options.grouping.group_by(),
                                     query::Percentile::list(options.percentiles),
                                     histogram_for(output)};
    wanted.keep_values = options.grouping.plot || !options.grouping.compare.empty();
    return wanted;
}

// The distribution of each group; with a series how its median goes.
table::Plots plots(const answers::DurationsAnswer& answer, const GroupingOptions& options) {
    if (!answer.options.by.every) return answers::distributions_of(answer);
    return answers::plots_of(arranged(answers::durations_table(answer), options),
                             answers::durations_plot());
}

int run(const Globals& globals, const Options& options) {
    Output output(globals);
    check_plot(output, options.grouping);
    const auto asked = wanted(output, options);
    const auto selection = options.selection.selection(globals);
    const auto compared = compared_selection(globals, options.grouping, selection);
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, selection);
    warn_about_unmatched(globals, scope);
    const auto answer = answers::durations(scope, asked);
    if (options.grouping.plot) {
        output.print(plots(answer, options.grouping));
    } else if (compared) {
        const auto before = answers::durations(query::Scope(store, *compared), asked);
        print_groups(output, answers::durations_table(answer, before), options.grouping);
    } else {
        print_groups(output, answers::durations_table(answer), options.grouping);
    }
    output.finish();
    return exit_done;
}

}  // namespace

void add_durations(Application& application) {
    auto options = std::make_shared<Options>();
    auto& command = application.add_command(
        "durations", "How long jobs take",
        [&application, options] { return run(application.globals(), *options); });
    add_selection(command, options->selection);
    add_grouping(command, options->grouping);
    command.add_option("-p,--percentiles", options->percentiles, "Other percentiles: 50,99.9")
        ->type_name("P,...");
}

}  // namespace jobtally::cli
