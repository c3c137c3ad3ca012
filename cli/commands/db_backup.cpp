// `jobtally db backup`: a copy of the store while others write to it.
#include "cli/commands/db.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/spooled.hpp"
#include "cli/signals.hpp"
#include "cli/terminal/messages.hpp"
#include "cli/terminal/progress.hpp"
#include "core/base/text.hpp"
#include "core/store/upkeep/backup.hpp"

#include <memory>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

table::ResultTable backup_table(const store::Backup& backup) {
    table::ResultTable table;
    table.columns = {{"path", "backup"},
                     {"reports", "reports"},
                     {"rejected", "rejected bodies"},
                     {"file_bytes", "file, bytes"}};
    table.rows = {{backup.path.string(), backup.reports, backup.rejected, backup.file_bytes}};
    return table;
}

int back_up(const Globals& globals, const std::string& file) {
    Output output(globals);
    end_with_words_on_interrupt(
        "\njobtally: note: stopped: no backup was made, an older one is as it was\n");
    const auto store = open_to_read(globals);
    if (globals.is_in_spool(file))
        throw Error(fmt::format("{} is in the spool of the store", in_quotes(file)),
                    "name another file");
    const auto backup = [&] {
        Progress progress(globals.quiet);
        return store::back_up(store, file, [&](auto done, auto all) { progress.show(done, all); });
    }();
    note_spooled(globals, "the backup");
    output.print_record(backup_table(backup));
    output.finish();
    return exit_done;
}

}  // namespace

void add_db_backup(Application& application, CLI::App& db) {
    auto file = std::make_shared<std::string>();
    auto& command = application.add_command(
        db, "backup", "Copy the store while others write to it",
        [&application, file] { return back_up(application.globals(), *file); });
    command.add_option("FILE", *file, "The copy; replaces an older backup, atomically")->required();
}

}  // namespace jobtally::cli
