// VACUUM INTO a partial file, an integrity check of that, a sync, a rename.
#include "core/store/upkeep/backup.hpp"

#include "core/base/text.hpp"
#include "core/store/file/identity.hpp"
#include "core/store/file/partial_file.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/statement.hpp"
#include "core/store/file/store_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace jobtally::store {

namespace {

namespace fs = std::filesystem;
using Kind = StoreError::Kind;

fs::path followed(const fs::path& path) {
    std::error_code error;
    auto real = fs::weakly_canonical(fs::absolute(path, error), error);
    return error ? path : real;
}

fs::path beside(fs::path path, const char* ending) {
    return path += ending;
}

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

bool is_older_backup(const fs::path& target) {
    std::error_code error;
    if (fs::is_empty(target, error)) return true;
    try {
        const Store::Connection connection(target, Store::Connection::Access::read);
        return connection.query_integer("PRAGMA application_id") == application_id;
    } catch (const StoreError&) {
        return false;
    }
}

void require_replaceable(const fs::path& target, const fs::path& store) {
    for (const auto* const ending : {"", ".partial", ".partial-journal"}) {  // of PartialFile
        const auto name = beside(target, ending);
        if (is_file_of_store(name, store))
            throw StoreError(Kind::other,
                             fmt::format("{} is the store itself", in_quotes(name.string())),
                             "name another file");
    }
    std::error_code error;
    const auto status = fs::status(target, error);
    if (!fs::exists(status)) return;
    if (!fs::is_regular_file(status)) {
        throw StoreError(Kind::other,
                         fmt::format("{} is {}", in_quotes(target.string()),
                                     fs::is_directory(status) ? "a directory, not a file"
                                                              : "not a regular file"),
                         "name a file");
    }
    // SQLite would play the log of the old file into the new one.
    if (is_there(beside(target, "-wal")) || is_there(beside(target, "-journal"))) {
        throw StoreError(
            Kind::other,
            fmt::format("{} is a store in use: a log stands beside it", in_quotes(target.string())),
            "name another file");
    }
    if (!is_older_backup(target)) {
        throw StoreError(Kind::foreign,
                         fmt::format("{} is not a backup of a store", in_quotes(target.string())),
                         "name another file, or delete that one first");
    }
}

// The reason of a failure may lie on either side.
[[noreturn]] void throw_copying(int code, const Store::Connection& connection,
                                const fs::path& target) {
    const int kind = code & 0xff;
    const bool is_of_source = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB ||
                              kind == SQLITE_BUSY || kind == SQLITE_CONSTRAINT;
    const bool is_damage = kind == SQLITE_CONSTRAINT;  // an index that contradicts its table
    throw_sqlite(is_damage ? SQLITE_CORRUPT : code, connection.handle(),
                 is_of_source ? connection.path() : target);
}

using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

// SQLite calls it every so many steps of its machine.
struct Watch {
    const Progress& progress;
    const fs::path& copy;
    std::int64_t total;

    static int look(void* self) {
        const auto& watch = *static_cast<Watch*>(self);
        std::error_code none;
        const auto size = fs::file_size(watch.copy, none);
        if (!none) watch.progress(static_cast<std::int64_t>(size), watch.total);
        return 0;
    }
};

void copy(const Store::Connection& connection, const fs::path& target, const Progress& progress) {
    std::error_code none;
    Watch watch{progress, target,
                static_cast<std::int64_t>(fs::file_size(connection.path(), none))};
    constexpr int steps = 20'000;
    sqlite3_progress_handler(connection.handle(), steps, progress ? Watch::look : nullptr, &watch);
    SQLite::Statement statement(connection.database(), "VACUUM INTO ?");
    statement.bind(1, target.string());
    const int code = statement.tryExecuteStep();
    sqlite3_progress_handler(connection.handle(), 0, nullptr, nullptr);
    if (code != SQLITE_DONE) throw_copying(code, connection, target);
}

Backup checked(const fs::path& copy, const fs::path& target) {
    const Store::Connection connection(copy, Store::Connection::Access::read);
    identify(connection);
    require_sound(connection);
    Backup backup;
    backup.path = target;
    backup.reports = connection.query_integer("SELECT count(*) FROM report");
    backup.rejected = connection.query_integer("SELECT count(*) FROM rejected");
    backup.file_bytes = static_cast<std::int64_t>(fs::file_size(copy));
    return backup;
}

}  // namespace

Backup back_up(const Store& store, const fs::path& target, const Progress& progress) {
    const auto& connection = store.connection();
    require_own_link(target);
    const auto real = followed(target);
    require_replaceable(real, connection.path());
    PartialFile partial(real);
    copy(connection, partial.path(), progress);
    const auto backup = checked(partial.path(), real);
    partial.finish();
    return backup;
}

}  // namespace jobtally::store
