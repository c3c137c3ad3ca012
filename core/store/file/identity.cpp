// Reading application_id and user_version, and migrating.
#include "core/store/file/identity.hpp"

#include "core/base/text.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/statement.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace jobtally::store {

Identity identify(const Store::Connection& connection, std::size_t known_version) {
    const ReadScope scope(connection);
    const auto application = connection.query_integer("PRAGMA application_id");
    const auto known = static_cast<std::int64_t>(known_version);
    const auto version = connection.query_integer("PRAGMA user_version");
    const auto objects = connection.query_integer("SELECT count(*) FROM sqlite_schema");
    if (application == 0 && version == 0 && objects == 0) return Identity::empty;
    if (application != application_id) {
        throw StoreError(
            StoreError::Kind::foreign,
            fmt::format("\"{}\" is a SQLite file of another program", connection.path().string()),
            "choose another file with --db");
    }
    // The application id and the version are set in one transaction, so a file without a version is
    // not a store.
    if (version <= 0) {
        throw_damaged(connection.path(), fmt::format("its schema version is {}", version));
    }
    if (version > known) {
        throw StoreError(StoreError::Kind::newer,
                         fmt::format("store \"{}\" has schema version {}, this jobtally knows {}",
                                     connection.path().string(), version, known),
                         "use a newer jobtally");
    }
    return version < known ? Identity::older : Identity::current;
}

namespace {

// What stores of these versions lack for those who ask. A further step of the schema adds its part,
// or raises `oldest_read`.
struct Lacking {
    std::int64_t first, last;  // user_version
    const char* part;
};
constexpr std::int64_t oldest_read = 6;
constexpr Lacking lacking[] = {
    {6, 6,
     "CREATE TEMP TABLE replaced (sequence INTEGER PRIMARY KEY, first_at INTEGER, "
     "failed_at INTEGER, well_at INTEGER)"},
    {6, 6,
     "CREATE TEMP TABLE switched AS SELECT definition, described_at AS at, enabled "
     "FROM definition WHERE at IS NOT NULL AND enabled IS NOT NULL"},
    {7, 7,
     "CREATE TEMP TABLE switched AS SELECT definition, disabled_at AS at, 0 AS enabled "
     "FROM definition WHERE at IS NOT NULL UNION ALL "
     "SELECT definition, enabled_again AS at, 1 FROM definition WHERE at IS NOT NULL"},
    {6, 8, "CREATE TEMP VIEW packed_column AS SELECT * FROM segment_column"}};

}  // namespace

bool add_what_lacks(const Store::Connection& connection) {
    const auto version = connection.query_integer("PRAGMA user_version");
    if (version < oldest_read) return false;
    connection.execute("PRAGMA temp_store=MEMORY");
    for (const auto& [first, last, part] : lacking) {
        if (version >= first && version <= last) connection.execute(part);
    }
    return true;
}

void require_no_triggers(const Store::Connection& connection) {
    Statement row(connection, "SELECT name FROM sqlite_schema WHERE type = 'trigger' LIMIT 1");
    if (!row.executeStep()) return;
    throw StoreError(
        StoreError::Kind::foreign,
        fmt::format("store {} has the trigger {}, which jobtally did not make",
                    in_quotes(connection.path().string()), in_quotes(row.getColumn(0).getString())),
        "it could undo what is stored: take it away with DROP TRIGGER in sqlite3, or "
        "restore a backup");
}

void require_sound(const Store::Connection& connection) {
    Statement check(connection, "PRAGMA integrity_check(1)");
    const std::string found = check.executeStep() ? check.getColumn(0).getString() : "no answer";
    if (found == "ok") return;
    // A title may stand in front of it.
    throw_damaged(connection.path(), visible(found.substr(found.find('\n') + 1)));
}

void migrate(const Store::Connection& connection, const std::vector<std::string_view>& steps) {
    WriteScope scope(connection);
    // Asked again: another process may have been faster.
    if (identify(connection, steps.size()) != Identity::current) {
        auto step = static_cast<std::size_t>(connection.query_integer("PRAGMA user_version"));
        for (; step < steps.size(); ++step) connection.execute(std::string(steps[step]));
        connection.execute(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}",
                                       application_id, steps.size()));
    }
    scope.commit();
}

}  // namespace jobtally::store
