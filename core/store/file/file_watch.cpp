#include "core/store/file/file_watch.hpp"

#include "core/base/text.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/write_guard.hpp"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

namespace fs = std::filesystem;
using Kind = StoreError::Kind;

constexpr std::chrono::milliseconds pause{50};
constexpr std::size_t of_store = 0, of_log = 1, of_index = 2, of_lock = 3;

Descriptor watch_writes(const fs::path& store) {
    Descriptor events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (events && ::inotify_add_watch(events.number(), store.c_str(), IN_MODIFY) < 0)
        return Descriptor();
    return events;
}

}  // namespace

FileWatch::FileWatch(sqlite3* connection, fs::path store, WriteGuard& guard,
                     std::chrono::steady_clock::time_point deadline)
    : m_connection(connection),
      m_store(std::move(store)),
      m_guard(guard),
      m_names{m_store.string(), m_store.string() + "-wal", m_store.string() + "-shm",
              m_store.string() + ".lock"},
      m_events(watch_writes(m_store)) {
    for (std::size_t i = 0; i < m_names.size(); ++i) m_files[i] = state_of(m_names[i]);
    begin(deadline);
}

void FileWatch::begin(std::chrono::steady_clock::time_point deadline) {
    const auto word = read_word(m_guard.descriptor());
    if (word && word->file == m_files[of_store] && word->is_foreign == LastWord::no) {
        m_seen = *word;
        return m_guard.be_present();
    }
    while (!begin_now(deadline)) {
        if (std::chrono::steady_clock::now() + pause > deadline) {
            throw StoreError(Kind::busy,
                             fmt::format("store {} was changed by someone else a moment ago",
                                         in_quotes(m_store.string())),
                             "the jobtally that has it open has yet to look; try again");
        }
        std::this_thread::sleep_for(pause);
    }
}

bool FileWatch::begin_now(std::chrono::steady_clock::time_point deadline) {
    const HeldGuard held(&m_guard, deadline);
    if (!is_as_left(m_connection, m_store, m_guard) && m_guard.others_are_present()) return false;
    if (const auto word = read_word(m_guard.descriptor())) m_seen = *word;
    leave_word();
    m_guard.be_present();
    return true;
}

// The state of the checkpoints is read before the file is looked at, for the word, and after it, to
// judge by: what a checkpoint writes meanwhile has then been announced, and is not yet done.
void FileWatch::look(bool is_after_commit) {
    const auto index = state_of(m_names[of_index]);
    require_whole(index);
    const auto before = checkpoint_state(m_connection);
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        const auto found = i == of_index ? index : state_of(m_names[i]);
        require_same_file(found, i);
        if (i == of_log && !has_whole_log(found.bytes)) {
            throw_cut("the log", i);
        }
        if (i != of_store) continue;
        m_is_written |= was_written();
        if (m_is_written || found != m_seen.file) {
            const auto proof = judge(found, is_after_commit);
            if (proof == LogProof::disagrees) throw_written();
            if (proof == LogProof::undecided) continue;  // until the next look
            leave_word(found, before);
        } else if (before != m_seen.checkpoints) {
            leave_word(found, before);  // the log began anew
        }
    }
}

void FileWatch::throw_cut(const char* what, std::size_t which) const {
    throw StoreError(Kind::replaced, fmt::format("{} {} was cut", what, in_quotes(m_names[which])),
                     "nothing but jobtally may touch it; start jobtally again");
}

// One that was taken away is whole where it is mapped.
void FileWatch::require_whole(const FileState& index) const {
    if (!index.is_file(m_files[of_index])) return;
    if (index.bytes < index_bytes_of(0) ||
        index.bytes < index_bytes_of(frames_in_log(m_connection)))
        throw_cut("the log's index", of_index);
}

void FileWatch::require_same_file(const FileState& found, std::size_t which) const {
    if (found.is_file(m_files[which])) return;
    const bool is_store = which == of_store;
    const auto word = is_store ? read_word(m_guard.descriptor()) : std::nullopt;
    if (word && word->is_foreign == LastWord::no && word->file.is_file(found)) {
        throw StoreError(Kind::changed,
                         fmt::format("store {} was replaced by `jobtally db restore`",
                                     in_quotes(m_store.string())),
                         "try again: what comes now goes to the restored store");
    }
    if (is_store) mark(LastWord::taken_away);
    throw StoreError(
        Kind::replaced,
        fmt::format("{} {} was {}",
                    is_store           ? "store"
                    : which == of_lock ? "the lock file"
                                       : "the log",
                    in_quotes(m_names[which]),
                    found.inode != 0 ? "replaced by another file" : "moved or deleted"),
        is_store ? "`jobtally db restore FILE` puts a file in its place; else start jobtally again "
                   "once the right file is there, without the -wal and -shm of another"
                 : "nothing but jobtally may touch it; start jobtally again");
}

// Looks twice, because another program may write during the first look, but hardly during both.
bool FileWatch::has_whole_log(std::uint64_t bytes) const {
    return bytes >= log_bytes_by_index(m_connection) ||
           state_of(m_names[of_log]).bytes >= log_bytes_by_index(m_connection);
}

// True if someone has written to the file since the last call, who may be this process.
bool FileWatch::was_written() {
    alignas(inotify_event) char events[1024];
    bool is_written = false;
    while (m_events && ::read(m_events.number(), events, sizeof events) > 0) is_written = true;
    return is_written;
}

// Another jobtally, another SQLite program, or `touch`: all is well. What is left is someone else.
LogProof FileWatch::judge(const FileState& found, bool is_after_commit) const {
    const auto word = read_word(m_guard.descriptor());
    if (!word) return LogProof::agrees;
    if (word->is_foreign != LastWord::no) return LogProof::disagrees;
    if (word->serial != m_seen.serial && word->file == found) return LogProof::agrees;
    const bool is_other_size = found.bytes != word->file.bytes;
    const bool is_unwatched = !m_events && found.written_at != word->file.written_at;
    if (!m_is_written && !is_other_size && !is_unwatched) return LogProof::agrees;
    const auto now = checkpoint_state(m_connection);
    const bool is_explained =
        is_after_commit ? someone_has_checkpointed(*word, now) : has_checkpointed(*word, now);
    return is_explained ? compare_with_log(m_connection) : LogProof::disagrees;
}

void FileWatch::throw_written() const {
    mark(LastWord::written);
    throw StoreError(
        Kind::changed,
        fmt::format("store {} was written to by another program", in_quotes(m_store.string())),
        "`jobtally db restore FILE` is how a copy comes in its place");
}

void FileWatch::mark(LastWord::Foreign foreign) const {
    auto word = read_word(m_guard.descriptor()).value_or(m_seen);
    word.is_foreign = std::max(word.is_foreign, foreign);
    write_word(m_guard.descriptor(), word);
}

void FileWatch::note_begin() {
    m_begun = checkpoint_state(m_connection);
    m_frames = frames_in_log(m_connection);
}

// After a commit of this process. If the log began anew since its BEGIN, that was this process, for
// it takes the write lock; all frames were in the file then, and if they were not at the BEGIN
// someone has brought them there.
bool FileWatch::someone_has_checkpointed(const LastWord& word, const CheckpointState& now) const {
    if (now.salts == m_begun.salts) return has_checkpointed(word, now);
    return has_checkpointed(word, m_begun) || m_begun.done < m_frames || now.attempted > 0;
}

// Somebody may have written to the file while the checkpoint waited for another program's.
void FileWatch::note_checkpoint() {
    was_written();  // by us
    const auto checkpoints = checkpoint_state(m_connection);
    const auto found = state_of(m_names[of_store]);
    if (compare_with_log(m_connection) == LogProof::disagrees) throw_written();
    leave_word(found, checkpoints);
}

void FileWatch::leave_word() {
    const auto checkpoints = checkpoint_state(m_connection);
    leave_word(state_of(m_names[of_store]), checkpoints);
    was_written();  // by us
}

void FileWatch::leave_word(const FileState& found, const CheckpointState& checkpoints) {
    m_is_written = false;
    m_seen.file = found;
    m_seen.checkpoints = checkpoints;
    m_seen.is_foreign = LastWord::no;
    write_word(m_guard.descriptor(), m_seen);
}

}  // namespace jobtally::store
