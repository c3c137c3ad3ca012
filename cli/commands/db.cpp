// `jobtally db`: looking after the store.
#include "cli/commands/db.hpp"

#include "cli/application.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/spooled.hpp"
#include "cli/options/spools.hpp"
#include "cli/options/writing_options.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/json_text.hpp"
#include "core/base/numbers.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/store/upkeep/cursors.hpp"
#include "core/store/upkeep/status.hpp"
#include "core/time/rfc3339.hpp"

#include <memory>

#include <fmt/format.h>

namespace jobtally::cli {

namespace {

// An object a cursor for programs, a phrase a cursor for people.
table::Cell cursors_cell(const std::vector<store::CursorStatus>& cursors, const Output& output) {
    std::vector<std::string> phrases;
    table::RawJson objects{"["};
    for (const auto& [name, moved_at, waiting] : cursors) {
        const auto moved = moved_at ? render::human_text(*moved_at, output.style()) : "never";
        phrases.push_back(
            fmt::format("{}: {} to come, moved {}", name, count_text(waiting), moved));
        objects.text += objects.text.size() > 1 ? ", {\"cursor\": " : "{\"cursor\": ";
        append_json_string(objects.text, name);
        objects.text +=
            fmt::format(", \"moved_at\": {}, \"waiting\": {}}}",
                        moved_at ? '"' + time::format_utc(*moved_at) + '"' : "null", waiting);
    }
    objects.text += ']';
    if (!render::is_for_people(output.format())) return objects;
    return phrases.empty() ? table::Cell{} : table::Cell{phrases};
}

table::ResultTable status_table(const store::StoreStatus& status,
                                std::optional<std::int64_t> spooled,
                                std::optional<std::int64_t> unkept, table::Cell cursors) {
    table::ResultTable table;
    table.columns = {{"path", "store"},
                     {"reports", "reports"},
                     {"definitions", "definitions"},
                     {"rejected", "rejected bodies"},
                     {"spooled", "in the spool"},
                     {"unkept", "not kept"},
                     {"first_created_at", "oldest report"},
                     {"last_created_at", "newest report"},
                     {"last_received_at", "last received"},
                     {"file_bytes", "file, bytes"},
                     {"wal_bytes", "log, bytes"},
                     {"schema_version", "schema version"},
                     {"sqlite_version", "SQLite"},
                     {"wal_reset_fixed", "", table::Audience::machines},
                     {"wal_reset_bug", "WAL-reset bug"},
                     {"cursors", "cursors"}};
    table.rows = {{status.path, status.reports, status.definitions, status.rejected,
                   table::cell_or_unknown(spooled), table::cell_or_unknown(unkept),
                   table::cell_or_unknown(status.first_created_at),
                   table::cell_or_unknown(status.last_created_at),
                   table::cell_or_unknown(status.last_received_at), status.file_bytes,
                   status.wal_bytes, status.schema_version, status.sqlite_version,
                   status.has_wal_reset_fix, std::string(store::wal_reset_bug()), cursors}};
    return table;
}

// None where that can't be known of one of them.
std::optional<std::int64_t> bodies_in_all(const std::vector<ingest::Spool>& spools) {
    std::optional<std::int64_t> all = 0;
    for (const auto& spool : spools) {
        const auto bodies = can_read(spool) ? bodies_in(spool) : std::nullopt;
        all = all && bodies ? std::optional(*all + *bodies) : std::nullopt;
    }
    return all;
}

int run_status(const Globals& globals, const std::string& spool) {
    Output output(globals);
    const auto store = open_to_read(globals);
    warn_about_modes(globals);
    const auto spooled =
        bodies_in_all(spool.empty() ? all_spools(globals) : std::vector{spool_of(globals, spool)});
    output.print_record(status_table(store::read_status(store), spooled, unkept(globals),
                                     cursors_cell(store::read_cursors(store), output)));
    output.finish();
    return exit_done;
}

}  // namespace

void add_db(Application& application) {
    auto& db = application.add_command("db", "Look after the store", {});
    db.require_subcommand(0, 1);
    auto spool = std::make_shared<std::string>();
    auto& status = application.add_command(
        db, "status", "Counts, sizes and versions",
        [&application, spool] { return run_status(application.globals(), *spool); });
    add_spool_option(status, *spool);
    add_db_backup(application, db);
    add_db_restore(application, db);
    add_db_verify(application, db);
    add_db_prune(application, db);
    add_db_rejected(application, db);
    add_db_sql(application, db);
}

}  // namespace jobtally::cli
