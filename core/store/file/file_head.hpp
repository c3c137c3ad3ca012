// The head of a store's file, read through SQLite's own descriptor: a process that closes any other
// descriptor of a file loses all locks that SQLite has on it (sqlite.org/howtocorrupt.html, 2.2).
// So nothing in this program opens the file of a store but SQLite.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

struct sqlite3;

namespace jobtally::store {

// From bytes 16 to 31 of the file format (sqlite.org/fileformat.html, 1.3).
struct FileHead {
    bool has_log = false;            // in WAL mode; backups are not
    std::uint64_t named_bytes = 0;   // page size times pages
    std::uint64_t actual_bytes = 0;  // as the file system has it, measured after the head was read
};

// Nothing if there is no file, or one that is shorter than a head. No lock is taken, so a writer
// may be at work.
std::optional<FileHead> read_file_head(sqlite3* connection);

// How long the log must be by its index (sqlite.org/walformat.html, 2.1), which is read through
// SQLite's own mapping; 0 where there is none. The caller holds the write guard, and has looked
// whether the index has its length: reading where it was cut ends the process.
std::uint64_t log_bytes_by_index(sqlite3* connection);

// How long the index of a log of so many frames is at least.
std::uint64_t index_bytes_of(std::uint64_t frames);

// How many frames the log has, by the same index.
std::uint64_t frames_in_log(sqlite3* connection);

// Takes the room that writes to the same index need. False where there is none: such a write would
// be a signal, no error, and end the process. True where that can't be told, before Linux 5.14. The
// caller holds the write guard, and has looked whether the index has its length.
bool takes_writes_to_index(sqlite3* connection);

// How far checkpoints have come, by the same index; zeros where there is none.
struct CheckpointState {
    std::array<std::uint32_t, 2> salts{};
    std::uint32_t done = 0, attempted = 0;  // frames; they differ while one is under way
    bool operator==(const CheckpointState&) const = default;
};
CheckpointState checkpoint_state(sqlite3* connection);

// All of that at one moment; nothing where there is no index, or one that is being written.
struct LogIndex {
    std::uint32_t page_bytes = 0, frames = 0;
    std::uint32_t pages = 0;  // of the store, after the last of the frames
    CheckpointState checkpoints;
    bool operator==(const LogIndex&) const = default;
};
std::optional<LogIndex> read_log_index(sqlite3* connection);

}  // namespace jobtally::store
