// The write guard: one exclusive lock, on a file of its own beside the store, that everything which
// writes or checkpoints holds. It stands in for the fix of SQLite's WAL-reset bug
// (sqlite.org/wal.html#walresetbug) and is fair: a writer that releases it can't overtake one that
// waits.
#pragma once

#include "core/base/file.hpp"
#include "core/store/file/store.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

namespace jobtally::store {

// An open lock file. Locks belong to the open file (F_OFD_SETLK): two guards exclude each other
// in one process too. One thread at a time.
class WriteGuard {
  public:
    // Creates the file where it is not. It gets the mode and the group of the store, as SQLite's
    // log does: who may read the store may read what is noted here. Throws StoreError.
    explicit WriteGuard(const std::filesystem::path& store, TellWait tell = {});

    // Waits for the lock until `deadline`, then throws StoreError::busy. After two seconds that is
    // told.
    void acquire(std::chrono::steady_clock::time_point deadline);
    void release() noexcept;
    bool is_held() const noexcept { return m_held; }
    int descriptor() const noexcept { return m_file.number(); }
    // Says to others, as long as this object lives, that a connection that writes is open.
    void be_present() const noexcept;
    bool others_are_present() const noexcept;
    // True when someone else stands in line.
    bool someone_waits() const noexcept;

  private:
    using Time = std::chrono::steady_clock::time_point;
    void lock_until(off_t byte, Time deadline, Time tell_at);

    std::filesystem::path m_store;
    TellWait m_tell;
    Descriptor m_file;
    bool m_held = false;
};

// The lock file, opened to read by who takes no lock: no file where there is none, nothing where it
// may not be read.
std::optional<Descriptor> lock_file_to_read(const std::filesystem::path& store);
// True where a connection that writes is open anywhere, by such a file.
bool is_open_to_write(int lock_file) noexcept;

// Holds a guard for a scope; a null guard (a private store) is no guard.
class HeldGuard {
  public:
    HeldGuard(WriteGuard* guard, std::chrono::steady_clock::time_point deadline) : m_guard(guard) {
        if (m_guard != nullptr) m_guard->acquire(deadline);
    }
    ~HeldGuard() {
        if (m_guard != nullptr) m_guard->release();
    }
    HeldGuard(const HeldGuard&) = delete;
    HeldGuard& operator=(const HeldGuard&) = delete;

  private:
    WriteGuard* m_guard;
};

}  // namespace jobtally::store
