// Whether another hand was at the files of an open store. Under the write guard nothing but a
// checkpoint writes the file itself, so everything else that changes it can be told: by its size
// and times, by inotify, and by the word that whoever checkpoints leaves in the lock file. Other
// SQLite programs leave none: where one seems to have checkpointed, the file is compared with the
// log.
#pragma once

#include "core/base/file.hpp"
#include "core/store/file/last_word.hpp"
#include "core/store/file/log_proof.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace jobtally::store {

class WriteGuard;

// Of a connection that writes, from its begin() on. One thread; needs the write guard where that is
// said. Everything throws StoreError.
class FileWatch {
  public:
    // Begins with the files as they are, once all are there. Where another process has the store
    // open and the file is not as the word says, waits until `deadline` for that process to judge
    // (it looks every few seconds), then throws `busy`. The connection must outlive this object.
    FileWatch(sqlite3* connection, std::filesystem::path store, WriteGuard& guard,
              std::chrono::steady_clock::time_point deadline);

    // Throws `replaced` where a name no longer leads to the open file, or the log or its index was
    // cut: what is written to the open ones is as good as gone. (An index that is cut between this
    // look and the end of the transaction ends the process by SIGBUS, before any answer.) Throws
    // `changed` where the file was written to by someone else or put in its place by `jobtally db
    // restore`: it must be opened anew. Under the guard.
    void require_in_place() { look(false); }
    // To be called when a transaction has got SQLite's write lock.
    void note_begin();
    // As require_in_place(), after this process has committed: the log may have begun anew by that.
    void require_still_in_place() { look(true); }
    // Throws `changed`: it was found that someone else wrote to the file. Under the guard.
    [[noreturn]] void throw_written() const;
    // Notes how the file is after a checkpoint of this process that came to its end, and throws
    // `changed` where the log disagrees. Under the guard.
    void note_checkpoint();

  private:
    void begin(std::chrono::steady_clock::time_point deadline);
    bool begin_now(std::chrono::steady_clock::time_point deadline);
    void require_same_file(const FileState& found, std::size_t which) const;
    bool someone_has_checkpointed(const LastWord& word, const CheckpointState& now) const;
    void mark(LastWord::Foreign foreign) const;
    void look(bool is_after_commit);
    LogProof judge(const FileState& found, bool is_after_commit) const;
    void leave_word();
    void leave_word(const FileState& found, const CheckpointState& checkpoints);
    [[noreturn]] void throw_cut(const char* what, std::size_t which) const;
    void require_whole(const FileState& index) const;
    bool has_whole_log(std::uint64_t bytes) const;
    bool was_written();

    sqlite3* m_connection;
    std::filesystem::path m_store;
    WriteGuard& m_guard;
    std::array<std::string, 4> m_names;  // the store, its log, the log's index, its lock file
    std::array<FileState, 4> m_files{};  // as they were at first
    LastWord m_seen;
    bool m_is_written = false;   // since then, by whom is not decided yet
    CheckpointState m_begun;     // at the BEGIN of the last transaction
    std::uint64_t m_frames = 0;  // in the log, then
    Descriptor m_events;  // inotify, of writes to the file; none where the system has no more
};

}  // namespace jobtally::store
