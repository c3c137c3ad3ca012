// Opening one SQLite connection with the settings that all of jobtally's connections have.
#include "core/store/file/connection.hpp"

#include "core/base/text.hpp"
#include "core/store/file/file_head.hpp"
#include "core/store/file/last_word.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/statement.hpp"
#include "core/store/file/store_file.hpp"

#include <algorithm>
#include <climits>

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace jobtally::store {

namespace {

using Access = Store::Connection::Access;

constexpr int busy_timeout_ms = 5000;

// A file: URI of the path, every byte but the harmless ones escaped.
std::string immutable_uri(const std::filesystem::path& path) {
    constexpr std::string_view harmless =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri = "file:";
    for (const char c : path.string()) {
        if (harmless.find(c) != std::string_view::npos) {
            uri += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            uri += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return uri + "?immutable=1";
}

std::string sqlite_name(const std::filesystem::path& path, Access access) {
    switch (access) {
        case Access::memory:
            return ":memory:";
        case Access::temporary:
            return "";
        case Access::read_immutable:
            return immutable_uri(path);
        default:
            return path.string();
    }
}

int sqlite_flags(Access access) {
    switch (access) {
        case Access::read:
            return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
        case Access::read_immutable:
            return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
        case Access::write:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
        default:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    }
}

// Its statistics of memory, which nobody reads, take a mutex for each allocation.
void configure_library() {
    static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(once);
}

SQLite::Database open_database(const std::filesystem::path& path, Access access) {
    configure_library();
    if (access != Access::memory && access != Access::temporary) require_no_lone_log(path);
    try {
        return SQLite::Database(sqlite_name(path, access), sqlite_flags(access), busy_timeout_ms);
    } catch (const SQLite::Exception& error) {
        throw_sqlite(error.getExtendedErrorCode(), nullptr, path);
    }
}

void configure(const Store::Connection& connection, Access access) {
    sqlite3* handle = connection.handle();
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_wal_autocheckpoint(handle, 0);
    connection.execute("PRAGMA mmap_size=0; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON");
    if (access == Access::write) {
        connection.execute("PRAGMA synchronous=FULL; PRAGMA cache_size=-16384");
    } else if (connection.is_private()) {
        connection.execute("PRAGMA synchronous=OFF; PRAGMA cache_size=-16384");
    }
}

std::uint64_t inode_of(const std::filesystem::path& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

}  // namespace

Store::Connection::Connection(const std::filesystem::path& path, Access access)
    : m_path(path), m_access(access), m_database(open_database(path, access)) {
    if (!is_private()) {  // before SQLite looks for the log
        m_inode = inode_of(path);
        const auto head = read_file_head(handle());
        if (access == Access::write || (head && head->has_log)) require_one_name(path);
    }
    configure(*this, access);
    if (access != Access::write) return;
    const auto remember_length = [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<std::int64_t*>(pages) = count;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(handle(), remember_length, &m_log_pages);
}

void Store::Connection::watch_files(std::chrono::milliseconds patience) {
    m_watch = std::make_unique<FileWatch>(handle(), m_path, *guard(),
                                          std::chrono::steady_clock::now() + patience);
    m_index_takes_room = index_takes_room(m_path.parent_path());
}

bool Store::Connection::is_in_place() const {
    const auto inode = inode_of(m_path);
    if (inode != m_inode && inode != 0) return false;
    const auto lock = lock_file_to_read(m_path);
    const auto word = lock && *lock ? read_word(lock->number()) : std::nullopt;
    return !word || word->is_foreign == LastWord::no;
}

void Store::Connection::require_in_place() const {
    if (m_watch) m_watch->require_in_place();
}

// What the file system reserved for the index it may have spent when the commit comes to it, so
// that there must be some room besides.
void Store::Connection::require_writable_index() const {
    if (m_index_takes_room == TakesRoom::each_time) require_room_for_index(m_path);
    if (m_index_takes_room != TakesRoom::never && !takes_writes_to_index(handle()))
        throw_full(m_path);
}

void Store::Connection::begin_writing() const {
    if (is_in_transaction()) execute("ROLLBACK");  // there was no memory for it before
    require_in_place();
    require_writable_index();
    execute("BEGIN IMMEDIATE");
    if (m_watch) m_watch->note_begin();
}

void Store::Connection::throw_written() const {
    if (m_watch) m_watch->throw_written();
}

void Store::Connection::require_still_in_place() const {
    if (m_watch) m_watch->require_still_in_place();
}

WriteGuard* Store::Connection::guard() const {
    if (!can_write()) throw_sqlite(SQLITE_READONLY, nullptr, m_path);
    if (!m_guard && m_access == Access::write)
        m_guard = std::make_unique<WriteGuard>(m_path, tell_wait);
    return m_guard.get();
}

bool Store::Connection::someone_waits() const {
    return m_guard && m_guard->someone_waits();
}

void Store::Connection::wait_at_most(std::chrono::milliseconds patience) const {
    sqlite3_busy_timeout(handle(),
                         static_cast<int>(std::min<std::int64_t>(patience.count(), INT_MAX)));
}

void Store::Connection::checkpoint(int mode) {
    if (is_private()) return;
    require_in_place();
    require_writable_index();
    int log_pages = 0;
    int done_pages = 0;
    const int code = sqlite3_wal_checkpoint_v2(handle(), nullptr, mode, &log_pages, &done_pages);
    if (m_watch && code == SQLITE_OK) m_watch->note_checkpoint();
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) throw_sqlite(code, handle(), m_path);
    const bool is_done = code == SQLITE_OK && done_pages == log_pages;
    m_checkpoint_at = log_pages_limit + (is_done ? 0 : std::max(log_pages, 0));
    m_log_pages = 0;
}

void Store::Connection::checkpoint_if_long() {
    if (m_log_pages >= m_checkpoint_at) checkpoint(SQLITE_CHECKPOINT_PASSIVE);
}

void Store::Connection::execute(const std::string& sql) const {
    const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_sqlite(code, handle(), m_path);
}

std::int64_t Store::Connection::query_integer(const char* sql) const {
    Statement statement(*this, sql);
    return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

bool Store::Connection::is_in_transaction() const {
    return sqlite3_get_autocommit(handle()) == 0;
}

ReadScope::ReadScope(const Store::Connection& connection)
    : m_connection(connection), m_is_ours(!connection.is_in_transaction()) {
    if (m_is_ours) m_connection.execute("BEGIN");
}

ReadScope::~ReadScope() {
    if (m_is_ours) sqlite3_exec(m_connection.handle(), "COMMIT", nullptr, nullptr, nullptr);
}

WriteScope::WriteScope(const Store::Connection& connection) : m_connection(connection) {
    m_connection.begin_writing();
}

WriteScope::~WriteScope() {
    if (!m_connection.is_in_transaction()) return;
    sqlite3_exec(m_connection.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void WriteScope::commit() {
    m_connection.execute("COMMIT");
    m_connection.require_still_in_place();
}

}  // namespace jobtally::store
