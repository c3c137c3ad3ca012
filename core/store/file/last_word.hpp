// What stands in the lock file: the word that whoever is done with a store leaves there, by which
// more is known when the store is opened; and behind it a number of requests.
#pragma once

#include "core/store/file/file_head.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

struct sqlite3;

namespace jobtally::store {

class Store;
class WriteGuard;

// What stat() tells of a file; all 0 where there is none. Times are nanoseconds since 1970.
struct FileState {
    std::uint64_t device = 0, inode = 0, bytes = 0;
    std::int64_t written_at = 0, changed_at = 0;
    bool operator==(const FileState&) const = default;
    bool is_file(const FileState& other) const {
        return device == other.device && inode == other.inode;
    }
};

// The word in the lock file: how the store was when a jobtally was last done with it.
struct LastWord {
    std::uint64_t magic = 0;
    std::uint64_t serial = 0;  // another for each word: the time
    FileState file;
    CheckpointState checkpoints;
    enum Foreign : std::uint64_t { no, taken_away, written } is_foreign = no;  // since then
};

// Throws StoreError where stat() fails otherwise than for want of the file.
FileState state_of(const std::string& name);

// Then no power cut came after the last write, and what was written is all there.
bool is_written_since_start(const FileState& file);

// By the descriptor of the lock file. A word that can't be written is missed by nobody but the next
// process that wonders; it gets a new serial.
std::optional<LastWord> read_word(int lock);
void write_word(int lock, LastWord& word);

// True where any SQLite program may have checkpointed since `word`.
bool has_checkpointed(const LastWord& word, const CheckpointState& now);

// True unless someone else has written to the file of a connection that has just been opened. Under
// the guard.
bool is_as_left(sqlite3* connection, const std::filesystem::path& store, const WriteGuard& guard);

// Notes in the lock file that `store` is as a jobtally made it. Under the guard.
void leave_word(const std::filesystem::path& store, WriteGuard& guard);

// Throws StoreError::changed where the file is empty or not there and a log stands beside it:
// SQLite deletes the log of an empty file. A file that is cut a moment later is not noticed.
void require_no_lone_log(const std::filesystem::path& store);

// Throws StoreError::changed as require_no_lone_log() does, and where someone else wrote to the
// file, or took it away and did not bring it back, while a jobtally had it open: if a log stands
// there, which belongs to what was there before, or if the file was written to in the last seconds.
// Call it before SQLite opens the file or one is made.
void require_own_log(const std::filesystem::path& store);

// True where a file was changed or replaced while nobody had it open, and a log stands beside it
// that may not be its own. Not after a power cut, which leaves times and sizes as it likes.
bool may_have_log_of_another(const std::filesystem::path& store);
// What is thrown where it has.
[[noreturn]] void throw_log_of_another(const std::filesystem::path& store);

// Throws StoreError::changed where `named` is a link that was left in the place of a store that was
// moved, and the log that was not moved with it stands beside the link: SQLite would pass over what
// it holds. Once a jobtally has worked with the store at its new place it is as it is.
void require_no_log_left(const std::filesystem::path& named, const std::filesystem::path& store);

// The source of rejected rows that are no bodies: notes of what is lost, which the next mail tells.
// They do not count against the limit; the newest 1,000 are kept at least.
inline constexpr const char* source_of_notes = "listener";

// How many requests were answered 503 and kept nowhere, until a row of the store tells it: it takes
// no room of a full disk and outlives the process. It is not synced: a power cut may take it.

// Adds them, from any thread, whether or not the store can be opened. False where the lock file is
// not there, can't be written, or is another user's. `may_make`: makes one in another place, named
// as if a store were there.
bool note_losses(const std::filesystem::path& store, std::int64_t requests,
                 bool may_make = false) noexcept;
// What is noted, for a store that is open for writing; 0 for one in memory.
std::int64_t noted_losses(const Store& store);
// The same for who asks; none where the lock file is seen there and may not be read.
std::optional<std::int64_t> noted_losses(const std::filesystem::path& store);
// Takes away what a row tells by now: who is killed between the two tells it twice, and never not.
// False where that failed.
bool forget_losses(const Store& store, std::int64_t requests) noexcept;

}  // namespace jobtally::store
