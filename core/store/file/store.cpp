// Opening a store: to read, to write (creating and migrating it), in memory, in a temporary file.
#include "core/store/file/store.hpp"

#include "core/base/file.hpp"
#include "core/base/nearest.hpp"
#include "core/base/text.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/file/identity.hpp"
#include "core/store/file/last_word.hpp"
#include "core/store/file/log_damage.hpp"
#include "core/store/file/new_file.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/statement.hpp"
#include "core/store/file/store_file.hpp"

#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>

namespace jobtally::store {

namespace {

using Access = Store::Connection::Access;
using Kind = StoreError::Kind;
namespace fs = std::filesystem;

bool uses_wal(const Store::Connection& connection) {
    Statement statement(connection, "PRAGMA journal_mode");
    return statement.executeStep() && statement.getColumn(0).getString() == "wal";
}

// Without a journal beside the file, where nobody could tell it from a planted one: what is written
// is a part of the first sector.
void switch_to_wal(const Store::Connection& connection) {
    connection.execute("PRAGMA journal_mode=MEMORY");
    Statement statement(connection, "PRAGMA journal_mode=WAL");
    if (!statement.executeStep() || statement.getColumn(0).getString() != "wal") {
        throw StoreError(Kind::other,
                         fmt::format("store \"{}\" can't use a write-ahead log on this file system",
                                     connection.path().string()),
                         "put the store on a local disk");
    }
}

// What others wrote may be anything, and what goes into a damaged store is lost with it.
bool others_have_written(const WriteGuard& guard) {
    const auto word = read_word(guard.descriptor());
    return word && word->is_foreign == LastWord::written;
}

// A file and the log of another look damaged when they are read together, if not at once, at least
// to a thorough look.
std::unique_ptr<Store::Connection> connect_to_write(const fs::path& path) {
    const bool is_doubtful = may_have_log_of_another(path);
    try {
        auto connection = std::make_unique<Store::Connection>(path, Access::write);
        if (is_doubtful) require_sound(*connection);
        return connection;
    } catch (const StoreError& error) {
        if (is_doubtful && error.kind() == Kind::corrupt) throw_log_of_another(path);
        throw;
    }
}

// Identifies the file first, so that someone else's file gets no lock file beside it.
void make_ready_to_write(Store::Connection& connection, std::chrono::milliseconds patience) {
    if (sqlite3_db_readonly(connection.handle(), "main") == 1) {
        throw_sqlite(SQLITE_READONLY, nullptr, connection.path());
    }
    const auto identity = identify(connection);
    require_no_triggers(connection);
    auto* const guard = connection.guard();
    if (others_have_written(*guard)) require_sound(connection);
    connection.damage = keep_damaged_log(connection, patience);
    if (identity != Identity::current || !uses_wal(connection)) {
        const HeldGuard held(guard, std::chrono::steady_clock::now() + patience);
        if (!uses_wal(connection)) switch_to_wal(connection);
        migrate(connection);
        leave_word(connection.path(), *guard);
    }
    note_damage(connection, patience);
}

bool has_log(const fs::path& path) {
    fs::path log = path;
    log += "-wal";
    std::error_code error;
    const auto size = fs::file_size(log, error);
    return !error && size > 0;
}

// A checkpoint may come between the looks at the head, the size and the log; then the second
// attempt finds the file whole.
void require_whole(const Store::Connection& connection) {
    for (int look = 0; look < 2; ++look) {
        const auto head = read_file_head(connection.handle());
        if (!head || is_whole(connection.path(), *head)) return;
    }
    throw_damaged(connection.path(), "its end is missing");
}

// What a reader makes beside the store of another user would shut that user out.
bool would_make_index(const fs::path& path) {
    std::error_code error;
    return ::geteuid() != 0 && owner_of_store(path) != ::geteuid() &&
           !fs::exists(fs::path(path).concat("-shm"), error);
}

// True where a writer has the store open.
bool is_written_now(const fs::path& path) {
    const auto lock = lock_file_to_read(path);
    return lock && *lock && is_open_to_write(lock->number());
}

// Readers look at each page once, so that a large cache only takes fresh memory. SQLite reads the
// schema for it: not before the file is known to be a store.
void keep_few_pages(const Store::Connection& connection) {
    connection.execute("PRAGMA cache_size=-512");
}

// In a folder that can't be written, or on a full disk, SQLite can't make its files for readers.
// Without a log there is no writer, and the file can be read as it is.
std::unique_ptr<Store::Connection> connect_to_read(const fs::path& path, Identity& identity) {
    try {
        if (would_make_index(path)) throw_errno(EACCES, "make the log's index of", path);
        if (!is_written_now(path)) require_room_for_index(path);  // else there is an index
        auto connection = std::make_unique<Store::Connection>(path, Access::read);
        identity = identify(*connection);
        require_whole(*connection);
        keep_few_pages(*connection);
        return connection;
    } catch (const StoreError& error) {
        if (error.kind() == Kind::corrupt && may_have_log_of_another(path))
            throw_log_of_another(path);
        const bool can_make_none = error.kind() == Kind::not_writable || error.kind() == Kind::full;
        if (!can_make_none || has_log(path)) throw;
    }
    auto connection = std::make_unique<Store::Connection>(path, Access::read_immutable);
    identity = identify(*connection);
    keep_few_pages(*connection);
    return connection;
}

// `did you mean "jobtally.db"?`, of another store in that folder, which its lock file tells.
std::string near_store(const fs::path& path) {
    constexpr std::string_view lock = ".lock";
    constexpr std::size_t most_looked_at = 1000;  // a hint is not worth more work
    std::vector<std::string> names;
    std::size_t looked_at = 0;
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    [[maybe_unused]] const int ignored = for_each_name(folder, [&](std::string_view name) {
        if (name.ends_with(lock) && name != path.filename().string() + ".lock")
            names.emplace_back(name.substr(0, name.size() - lock.size()));
        return ++looked_at < most_looked_at;
    });
    const auto near = nearest(path.filename().string(), names);
    if (near.empty()) return near;
    return fmt::format("did you mean {}?", in_quotes((path.parent_path() / near).string()));
}

fs::path find_existing(const fs::path& path) {
    auto real = find_store_file(path, Use::read);
    std::error_code error;
    if (fs::exists(real, error)) {
        require_own_log(real);
        require_no_log_left(path, real);
        return real;
    }
    const auto near = near_store(path);
    throw StoreError(Kind::missing, fmt::format("there is no store \"{}\"", path.string()),
                     near.empty()
                         ? "load reports with \"jobtally ingest\", or name another store with --db"
                         : near);
}

std::unique_ptr<Store::Connection> connect_private(const fs::path& name, Access access) {
    auto connection = std::make_unique<Store::Connection>(name, access);
    migrate(*connection);
    return connection;
}

void read_by_schema_of_today(const Store::Connection& connection) {
    if (add_what_lacks(connection)) return;
    throw StoreError(
        Kind::other,
        fmt::format("store {} has schema version {}, which is too old to be read as it is",
                    in_quotes(connection.path().string()),
                    connection.query_integer("PRAGMA user_version")),
        "a command that writes migrates it: `jobtally ingest /dev/null`, by its owner");
}

}  // namespace

Store::Store(std::unique_ptr<Connection> connection) : m_connection(std::move(connection)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::open_to_read(const fs::path& path) {
    const auto real = find_existing(path);
    Identity identity{};
    auto connection = connect_to_read(real, identity);
    auto damage = look_for_damaged_log(*connection);
    if (identity == Identity::older) read_by_schema_of_today(*connection);
    if (identity == Identity::empty) connection = connect_private(real, Access::memory);
    connection->damage = std::move(damage);
    return Store(std::move(connection));
}

Store Store::open_as_it_is(const fs::path& path) {
    Identity identity{};
    auto connection = connect_to_read(find_existing(path), identity);
    if (identity == Identity::empty) throw_sqlite(SQLITE_NOTADB, nullptr, path);
    connection->damage = look_for_damaged_log(*connection);
    return Store(std::move(connection));
}

Store Store::open_put_aside(const fs::path& path) {
    if (has_log(path)) return open_as_it_is(path);
    auto connection = std::make_unique<Connection>(path, Access::read_immutable);
    identify(*connection);
    require_whole(*connection);
    return Store(std::move(connection));
}

Store Store::open_to_write(const fs::path& path, std::chrono::milliseconds patience,
                           TellWait tell) {
    const auto real = find_store_file(path, Use::write);
    require_own_log(real);
    require_no_log_left(path, real);
    require_room_for_index(real);
    make_file(real);
    auto connection = connect_to_write(real);
    connection->wait_at_most(patience);
    connection->tell_wait = std::move(tell);
    make_ready_to_write(*connection, patience);
    require_whole(*connection);
    // SQLite does not report that the name of a new log can't be synced, and then all commits in
    // the log could be lost.
    keep_names(real.parent_path());
    connection->watch_files(patience);
    return Store(std::move(connection));
}

Store Store::in_memory() {
    return Store(connect_private(":memory:", Access::memory));
}

Store Store::temporary() {
    return Store(connect_private("a temporary file", Access::temporary));
}

void require_in_place(Store& store) {
    auto& connection = store.connection();
    const HeldGuard held(connection.guard(), std::chrono::steady_clock::now());
    connection.require_in_place();
}

}  // namespace jobtally::store
