// The store: one SQLite file. Opening, its rules, and who may write.
#pragma once

#include "core/base/error.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace jobtally::store {

// The store can't be used (exit code 1). Thrown by everything in core/store; the listener's writer
// thread catches it to keep what it holds.
class StoreError : public Error {
  public:
    enum class Kind {
        missing,
        busy,
        full,
        corrupt,
        foreign,
        newer,
        not_writable,
        sync_failed,
        replaced,  // moved, deleted or another file in its place
        changed,   // written to by another program, or restored: to be opened anew
        other
    };
    StoreError(Kind kind, const std::string& message, std::string hint = {})
        : Error(message, std::move(hint)), m_kind(kind) {}
    Kind kind() const noexcept { return m_kind; }

  private:
    Kind m_kind;
};

// Told once that another writer's lock file is waited for, and how much longer at most.
using TellWait = std::function<void(const std::filesystem::path& lock, std::chrono::seconds left)>;

// One connection. Use it from one thread at a time; open one for each thread.
class Store {
  public:
    // Read-only: nothing is made, migrated or repaired. An older store is read by the schema of
    // today, an empty file as a store without reports, a damaged log as far as it can be: see
    // damage_found(). Throws StoreError::missing where there is no file, and `other` where the
    // store is too old to be read before it is migrated.
    static Store open_to_read(const std::filesystem::path& path);
    // The same, but a store of any age by its own schema; throws StoreError::foreign for an empty
    // file.
    static Store open_as_it_is(const std::filesystem::path& path);
    // The same for a file that nobody else uses: where it has no log, nothing is made beside it.
    static Store open_put_aside(const std::filesystem::path& path);
    // Creates the file (0600, with its folders 0700) and migrates it where needed, which waits for
    // other writers up to `patience`, then throws StoreError::busy. `tell` is for this and every
    // later wait.
    static Store open_to_write(const std::filesystem::path& path,
                               std::chrono::milliseconds patience = std::chrono::seconds(60),
                               TellWait tell = {});
    // Private to this object and gone with it: in memory, or in a temporary file that SQLite spills
    // to.
    static Store in_memory();
    static Store temporary();

    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    class Connection;  // SQLiteCpp's, for the other files of core/store only
    Connection& connection() const { return *m_connection; }

  private:
    explicit Store(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> m_connection;
};

// Looks whether the files of a store that is open for writing are as this program and others of its
// kind left them; throws StoreError if not, and `busy` at once where someone writes.
void require_in_place(Store& store);

// One state of the store for several statements; does nothing inside another transaction.
class ReadScope {
  public:
    explicit ReadScope(const Store::Connection& connection);
    ~ReadScope();
    ReadScope(const ReadScope&) = delete;
    ReadScope& operator=(const ReadScope&) = delete;

  private:
    const Store::Connection& m_connection;
    bool m_is_ours;
};

}  // namespace jobtally::store
