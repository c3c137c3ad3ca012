// `jobtally summary`: the digest for a cron mail.
#include "cli/application.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/schedules.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/options/spooled.hpp"
#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/digest/job_metrics.hpp"
#include "core/digest/page.hpp"
#include "core/render/text/renderer.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct SummaryOptions {
    SelectionOptions selection;
    bool only_problems = false;
    double budget = 1;    // false findings per 1,000 definition-days
    std::size_t top = 0;  // 0: all
};

bool is_for_prometheus(const Globals& globals) {
    if (globals.json) return false;
    return globals.format == "prometheus" ||
           (globals.format.empty() && globals.output.ends_with(".prom"));
}

// How each job stands at the end of the window, or now: what its history says, whenever that began.
int print_jobs(Globals globals, const SelectionOptions& selection) {
    globals.format = "ndjson";  // its own way of writing is not asked
    Output output(globals);
    const auto store = open_store(globals, selection.from);
    auto asked = selection.selection(globals);
    asked.now = globals.now();
    asked.span.since.reset();
    auto options = missed_options(globals, store);
    if (asked.span.until) options.now = std::min(options.now, *asked.span.until);
    const query::Scope scope(store, std::move(asked));
    warn_about_unmatched(globals, scope);
    output.write(digest::job_metrics(scope, options, objectives(globals, {}, store)));
    output.finish();
    return exit_done;
}

int run(const Globals& globals, const SummaryOptions& options) {
    auto selection = options.selection;
    if (is_for_prometheus(globals)) return print_jobs(globals, selection);
    selection.judge_what_ended("24h");
    Output output(globals);
    const auto store = open_store(globals, selection.from);
    const bool knows_arrivals = selection.from.empty();  // else all arrives at this moment
    auto asked = selection.selection(globals);
    asked.now = globals.now();
    if (knows_arrivals) asked = digest::as_of_its_end(std::move(asked), globals.now());
    const query::Scope scope(store, std::move(asked));
    warn_about_unmatched(globals, scope);
    warn_about_names(globals, store);
    const auto waiting = knows_arrivals ? spooled(globals) : std::nullopt;
    const auto answer = digest::summary(
        scope, missed_options(globals, store), knows_arrivals, judge::Budget{options.budget / 1000},
        spooled_mention(waiting, globals), unkept_mention(knows_arrivals ? unkept(globals) : 0));
    if (!options.only_problems || answer.has_problems()) {
        auto digest = output.format() == render::Format::html
                          ? digest::summary_page(scope, answer, globals.now())
                          : digest::summary_digest(answer);
        const bool for_people = render::is_for_people(output.format());
        if (for_people) {
            digest::drop_bulk(digest, answer);
            digest::drop_told(digest);
        }
        if (options.only_problems) digest::drop_quiet_rows(digest);
        digest::keep_top(digest, options.top);
        output.tell_apart(scope);
        output.print(std::move(digest));
    }
    output.finish();
    return exit_done;
}

}  // namespace

void add_summary(Application& application) {
    auto options = std::make_shared<SummaryOptions>();
    auto& command = application.add_command(
        "summary", "The digest for a cron mail (default: the last 24 hours)",
        [&application, options] { return run(application.globals(), *options); });
    add_selection(command, options->selection);
    tell_defaults(command);
    command.add_flag("--only-problems", options->only_problems, "Print nothing when all is well");
    command
        .add_option("--budget", options->budget,
                    "False findings about runs and levels per 1,000 definition-days (default: 1)")
        ->check(CLI::Range(0.001, 1000.0))
        ->type_name("N");
    command.add_option("--top", options->top, "Only the first N rows of each section")
        ->type_name("N")
        ->check(whole_number(1));
}

}  // namespace jobtally::cli
