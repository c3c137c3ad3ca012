// `jobtally db restore`: a copy takes the place of the store.
#include "cli/commands/db.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/store/upkeep/restore.hpp"

#include <memory>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

table::ResultTable restored_table(const store::Restored& restored) {
    table::ResultTable table;
    table.columns = {{"path", "store"},
                     {"reports", "reports"},
                     {"rejected", "rejected bodies"},
                     {"file_bytes", "file, bytes"},
                     {"replaced", "the old one is now"},
                     {"lacking", "reports only there"},
                     {"lacking_rejected", "rejected bodies only there"}};
    table.rows = {{restored.store.path.string(), restored.store.reports, restored.store.rejected,
                   restored.store.file_bytes, table::cell_or_unknown(restored.replaced),
                   table::cell_or_unknown(restored.lacking),
                   table::cell_or_unknown(restored.lacking_rejected)}};
    return table;
}

void tell_lacking(const store::Restored& restored, const std::string& old) {
    const auto lacking = *restored.lacking;
    if (lacking == 0) return;
    print_warning(fmt::format("{} of the old store {} missing in this one, or different",
                              counted(lacking, "report", "reports"), lacking == 1 ? "is" : "are"));
    print_hint(fmt::format("`jobtally --db {} export | jobtally --db {} ingest` brings {} back",
                           old, in_quotes(restored.store.path.string()),
                           lacking == 1 ? "it" : "them"));
}

// No mail tells of them any more.
void tell_lacking_rejected(const store::Restored& restored, const std::string& old) {
    if (!restored.lacking_rejected)
        return print_warning("the rejected bodies of the old store can't be read");
    const auto lacking = *restored.lacking_rejected;
    if (lacking == 0) return;
    print_warning(fmt::format("{} of the old store {} missing in this one",
                              counted(lacking, "rejected body", "rejected bodies"),
                              lacking == 1 ? "is" : "are"));
    print_hint(
        fmt::format("`jobtally --db {0} db rejected` lists them, `jobtally --db {0} db "
                    "rejected --show ID | jobtally --db {1} ingest -` brings one",
                    old, in_quotes(restored.store.path.string())));
}

void tell_what_was_replaced(const store::Restored& restored) {
    const auto old = in_quotes(*restored.replaced);
    if (!restored.lacking)
        return print_warning(
            fmt::format("the store that was there can't be read; it is kept as {}", old));
    if (restored.is_damaged)
        print_warning(fmt::format("the store that was there is damaged; it is kept as {}", old));
    tell_lacking(restored, old);
    tell_lacking_rejected(restored, old);
}

int run(const Globals& globals, const std::string& file) {
    if (globals.store_in_memory())
        throw UsageError("a store in memory can't be restored", "name one with --db PATH");
    Output output(globals);
    const auto restored =
        store::restore(file, globals.store_path(), std::chrono::seconds(60), tell_wait(globals));
    output.print_record(restored_table(restored));
    output.finish();
    warn_about_damage(restored.damage);
    if (restored.replaced) tell_what_was_replaced(restored);
    return exit_done;
}

}  // namespace

void add_db_restore(Application& application, CLI::App& db) {
    auto file = std::make_shared<std::string>();
    auto& command = application.add_command(
        db, "restore", "Put a copy in the place of the store, while others write to it",
        [&application, file] { return run(application.globals(), *file); });
    command.add_option("FILE", *file, "A backup; stays as it is")->required();
}

}  // namespace jobtally::cli
