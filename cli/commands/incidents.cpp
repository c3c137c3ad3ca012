// `jobtally incidents`: what happened, not how often it was told.
#include "core/incidents/incidents.hpp"

#include "cli/application.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/schedules.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/terminal/messages.hpp"

#include <memory>
#include <utility>

namespace jobtally::cli {

namespace {

struct IncidentsOptions {
    SelectionOptions selection;
    bool exit_code = false;
};

int run(const Globals& globals, IncidentsOptions options) {
    Output output(globals);
    if (options.exit_code) options.selection.judge_what_ended();
    const auto store = open_store(globals, options.selection.from);
    auto asked = options.selection.selection(globals);
    asked.now = globals.now();
    const query::Scope scope(store, std::move(asked));
    warn_about_unmatched(globals, scope);
    const auto answer = incidents::incidents(scope, missed_options(globals, store));
    output.print(incidents::incidents_table(answer));
    output.finish();
    return options.exit_code && answer.lasting() > 0 ? exit_condition : exit_done;
}

}  // namespace

void add_incidents(Application& application) {
    auto options = std::make_shared<IncidentsOptions>();
    auto& command = application.add_command(
        "incidents", "What happened: failures that belong together, and streaks",
        [&application, options] { return run(application.globals(), *options); });
    add_selection(command, options->selection);
    command.add_flag("--exit-code", options->exit_code, "Exit with 4 when an incident lasts");
}

}  // namespace jobtally::cli
