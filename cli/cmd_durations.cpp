// `jobtally durations`: how long jobs take.
#include "cli/messages.hpp"
#include "cli/query_options.hpp"
#include "core/query/durations.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct Options {
    SelectionOptions selection;
    GroupingOptions grouping;
    std::string percentiles = "50,90,95,99";
};

query::Histogram histogram_for(const Output& output) {
    using render::Format;
    if (output.format() == Format::html) return query::Histogram::blocks;
    const bool for_people = output.format() == Format::table || output.format() == Format::markdown;
    if (!for_people) return query::Histogram::none;
    return output.style().ascii ? query::Histogram::ascii : query::Histogram::blocks;
}

int run(const Globals& globals, const Options& options) {
    Output output(globals);
    const query::DurationsOptions wanted{query::by_named(options.grouping.by),
                                         query::Percentile::list(options.percentiles),
                                         histogram_for(output)};
    const auto store = open_store(globals, options.selection.from);
    const query::Scope scope(store, options.selection.selection(globals));
    warn_about_unmatched(globals, scope);
    print_groups(output, query::durations_table(query::durations(scope, wanted)), options.grouping);
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
