// `jobtally db prune`: deletes what is older than a time.
#include "cli/commands/db.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/writing_options.hpp"
#include "cli/signals.hpp"
#include "cli/terminal/messages.hpp"
#include "cli/terminal/progress.hpp"
#include "core/store/upkeep/prune.hpp"
#include "core/time/expression.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

struct DbPruneOptions {
    std::string before;
    bool dry_run = false;
};

table::ResultTable prune_table(time::Instant before, const store::OldRecords& old, bool dry_run) {
    table::ResultTable table;
    table.columns = {
        {"before", "before"},
        {"reports", dry_run ? "reports to delete" : "reports deleted"},
        {"rejected", dry_run ? "rejected bodies to delete" : "rejected bodies deleted"},
        {"dry_run", "dry run", table::Audience::machines}};
    table.rows = {{before, old.reports, old.rejected, dry_run}};
    return table;
}

int run(const Globals& globals, const DbPruneOptions& options) {
    const auto before = time::parse_time(options.before, globals.now(), globals.zone());
    Output output(globals);
    store::OldRecords old;
    if (options.dry_run) {
        old = store::count_before(open_to_read(globals), before);
    } else {
        end_with_words_on_interrupt(
            "\njobtally: note: stopped: what is deleted stays so; run it again to go on\n");
        auto store = open_existing_to_write(globals);
        Progress progress(globals.quiet, Progress::Unit::reports);
        old = store::prune(store, before, [&](auto done, auto all) { progress.show(done, all); });
    }
    output.print_record(prune_table(before, old, options.dry_run));
    output.finish();
    return exit_done;
}

}  // namespace

void add_db_prune(Application& application, CLI::App& db) {
    auto options = std::make_shared<DbPruneOptions>();
    auto& command = application.add_command(
        db, "prune", "Delete what is older than a time",
        [&application, options] { return run(application.globals(), *options); });
    command
        .add_option("--before", options->before,
                    "Delete reports created and bodies rejected before")
        ->type_name("TIME")
        ->required();
    command.add_flag("--dry-run", options->dry_run, "Say how many and delete nothing");
}

}  // namespace jobtally::cli
