// What goes wrong with a store's files becomes a StoreError here: SQLite's result codes, errno, and
// damage that was found.
#pragma once

#include "core/store/file/store.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

struct sqlite3;

namespace jobtally::store {

// Throws the StoreError for the result code `code` (extended or not); `database` may be null and
// adds SQLite's own words.
[[noreturn]] void throw_sqlite(int code, sqlite3* database, const std::filesystem::path& path);

// The StoreError `corrupt`. Without a hint of its own it is to restore a backup.
[[noreturn]] void throw_damaged(const std::filesystem::path& store, std::string_view what,
                                const char* hint = nullptr);

// Reads up to what is damaged; false where something is.
template <class Read>
bool read_undamaged(Read read) {
    try {
        read();
        return true;
    } catch (const StoreError& error) {
        if (error.kind() != StoreError::Kind::corrupt) throw;
        return false;
    }
}

// The StoreError `full`.
[[noreturn]] void throw_full(const std::filesystem::path& store);

// The StoreError of a failed system call on the store's files, by errno.
[[noreturn]] void throw_errno(int number, const char* action, const std::filesystem::path& path);

// The StoreError `sync_failed`: what was written to `path` before may be lost, whatever a second
// sync says.
[[noreturn]] void throw_sync_failed(int number, const std::filesystem::path& path);

// The user's name, else the number; and how to run jobtally as that user, as a hint.
std::string user_name(uid_t user);
std::string run_as(uid_t user);

}  // namespace jobtally::store
