// What a Store holds: SQLiteCpp's connection, the write guard, and a place for what the code in
// reports/ remembers between transactions.
#pragma once

#include "core/store/file/file_watch.hpp"
#include "core/store/file/store.hpp"
#include "core/store/file/store_file.hpp"
#include "core/store/file/write_guard.hpp"

#include <memory>
#include <optional>
#include <string>

#include <SQLiteCpp/Database.h>

namespace jobtally::store {

// The log is copied into the file when it has this many pages of 4 KiB.
inline constexpr std::int64_t log_pages_limit = 1024;

class Store::Connection {
  public:
    enum class Access { read, read_immutable, write, memory, temporary };

    // Opens the file and applies the settings of every connection. Throws StoreError, also as
    // require_no_lone_log() does.
    Connection(const std::filesystem::path& path, Access access);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // SQLiteCpp's connection; statements on it are those of statement.hpp.
    const SQLite::Database& database() const { return m_database; }
    sqlite3* handle() const { return m_database.getHandle(); }
    const std::filesystem::path& path() const { return m_path; }
    bool is_private() const { return m_access == Access::memory || m_access == Access::temporary; }
    bool can_write() const { return is_private() || m_access == Access::write; }
    // True if what changes in the file is not seen.
    bool is_frozen() const { return is_private() || m_access == Access::read_immutable; }
    // Null for private stores; throws StoreError for read-only ones. The first call makes the lock
    // file.
    WriteGuard* guard() const;
    TellWait tell_wait{};  // for the guard; to be set before the first call of guard()
    // False where the name of the file leads to another one by now, or somebody has written to it
    // and no jobtally has opened it to write since: to do so it may have to wait for all readers.
    bool is_in_place() const;
    // True when another writer stands in line for the guard.
    bool someone_waits() const;

    // Watches the files from now on, once all are there; see FileWatch.
    void watch_files(std::chrono::milliseconds patience);
    // As FileWatch has them; they do nothing without one. Every transaction that writes and every
    // checkpoint begins with the first, and every commit ends with the second. The caller holds the
    // write guard.
    void require_in_place() const;
    void begin_writing() const;  // and takes SQLite's write lock
    void require_still_in_place() const;
    void throw_written() const;

    // Sets how long to wait for SQLite's own locks, which only other programs hold for long.
    // Without a call it is 5 s.
    void wait_at_most(std::chrono::milliseconds patience) const;
    void execute(const std::string& sql) const;
    // Copies the log into the file; one that readers still need is copied another time.
    // The caller holds the write guard.
    void checkpoint(int mode);
    // Does the same if the log has grown long.
    void checkpoint_if_long();
    // The first column of the first row; 0 where there is no row or the value is NULL.
    std::int64_t query_integer(const char* sql) const;
    bool is_in_transaction() const;

    std::string damage;  // see damage_found()
    // A sync that failed after a commit had been answered; the next writer throws it.
    std::optional<StoreError> deferred_error;

  private:
    void require_writable_index() const;

    std::filesystem::path m_path;
    Access m_access;
    mutable std::unique_ptr<WriteGuard> m_guard;
    SQLite::Database m_database;
    std::unique_ptr<FileWatch> m_watch;
    std::uint64_t m_inode = 0;
    TakesRoom m_index_takes_room = TakesRoom::never;
    std::int64_t m_log_pages = 0;  // after the last commit
    std::int64_t m_checkpoint_at = log_pages_limit;

  public:
    // Belongs to reports/writer_memory.hpp alone. It holds prepared statements, so it stands last
    // and goes before the connection does.
    std::shared_ptr<void> writer_memory;
};

// A transaction that writes, rolled back unless committed. The caller holds the write guard.
class WriteScope {
  public:
    explicit WriteScope(const Store::Connection& connection);
    ~WriteScope();
    WriteScope(const WriteScope&) = delete;
    WriteScope& operator=(const WriteScope&) = delete;
    void commit();

  private:
    const Store::Connection& m_connection;
};

}  // namespace jobtally::store
