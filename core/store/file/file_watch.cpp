#include "core/store/file/file_watch.hpp"

#include "core/base/text.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/write_guard.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

namespace fs = std::filesystem;
using Kind = StoreError::Kind;

constexpr std::uint64_t word_magic = 0x31796c6c61746a;  // "jtally1"
constexpr std::chrono::seconds being_written{3};
constexpr std::chrono::milliseconds pause{50};
constexpr std::size_t of_store = 0, of_log = 1, of_lock = 3;

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileState state_of(const std::string& name) {
    struct stat found {};
    if (::stat(name.c_str(), &found) == 0) {
        return {found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size),
                nanoseconds(found.st_mtim), nanoseconds(found.st_ctim)};
    }
    if (errno != ENOENT) throw_errno(errno, "look at", name);
    return {};
}

std::optional<LastWord> read_word(int lock) {
    LastWord word;
    if (::pread(lock, &word, sizeof word, 0) != sizeof word || word.magic != word_magic)
        return std::nullopt;
    return word;
}

// A word that can't be written is missed by nobody but the next process that wonders.
void write_word(int lock, const LastWord& word) {
    [[maybe_unused]] const auto ignored = ::pwrite(lock, &word, sizeof word, 0);
}

std::uint64_t new_serial() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

Descriptor watch_writes(const fs::path& store) {
    Descriptor events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (events && ::inotify_add_watch(events.number(), store.c_str(), IN_MODIFY) < 0)
        return Descriptor();
    return events;
}

// True where any SQLite program may have checkpointed since `word`.
bool has_checkpointed(const LastWord& word, const CheckpointState& now) {
    const auto& then = word.checkpoints;
    return now.salts != then.salts || now.done > then.done || now.attempted > then.attempted ||
           now.attempted != now.done;
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
    const auto before = checkpoint_state(m_connection);
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        const auto found = state_of(m_names[i]);
        require_same_file(found, i);
        if (i == of_log && !has_whole_log(found.bytes)) {
            throw StoreError(Kind::replaced,
                             fmt::format("the log {} was cut", in_quotes(m_names[i])),
                             "nothing but jobtally may touch it; start jobtally again");
        }
        if (i != of_store) continue;
        const bool is_written = was_written();
        if (is_written || found != m_seen.file) {
            if (!is_innocent(found, is_written, is_after_commit)) throw_written();
            leave_word(found, before);
        } else if (before != m_seen.checkpoints) {
            leave_word(found, before);  // the log began anew
        }
    }
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
bool FileWatch::is_innocent(const FileState& found, bool is_written, bool is_after_commit) const {
    const auto word = read_word(m_guard.descriptor());
    if (!word) return true;
    if (word->is_foreign != LastWord::no) return false;
    if (word->serial != m_seen.serial && word->file == found) return true;
    const bool is_other_size = found.bytes != word->file.bytes;
    const bool is_unwatched = !m_events && found.written_at != word->file.written_at;
    if (!is_written && !is_other_size && !is_unwatched) return true;
    const auto now = checkpoint_state(m_connection);
    return is_after_commit ? someone_has_checkpointed(*word, now) : has_checkpointed(*word, now);
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
    word.serial = new_serial();
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

void FileWatch::leave_word() {
    const auto checkpoints = checkpoint_state(m_connection);
    leave_word(state_of(m_names[of_store]), checkpoints);
    was_written();  // by us
}

void FileWatch::leave_word(const FileState& found, const CheckpointState& checkpoints) {
    m_seen.magic = word_magic;
    m_seen.serial = new_serial();
    m_seen.file = found;
    m_seen.checkpoints = checkpoints;
    m_seen.is_foreign = LastWord::no;
    write_word(m_guard.descriptor(), m_seen);
}

bool is_as_left(sqlite3* connection, const fs::path& store, const WriteGuard& guard) {
    const auto word = read_word(guard.descriptor());
    return !word || (word->is_foreign == LastWord::no &&
                     (word->file == state_of(store.string()) ||
                      has_checkpointed(*word, checkpoint_state(connection))));
}

void leave_word(const fs::path& store, WriteGuard& guard) {
    auto word = read_word(guard.descriptor()).value_or(LastWord());
    word.magic = word_magic;
    word.serial = new_serial();
    word.file = state_of(store.string());
    word.checkpoints = {};
    word.is_foreign = LastWord::no;
    write_word(guard.descriptor(), word);
}

namespace {

[[noreturn]] void throw_foreign_log(const fs::path& store, const char* happened) {
    throw StoreError(
        Kind::changed,
        fmt::format("store {} {}: the log beside it belongs to what was there before",
                    in_quotes(store.string()), happened),
        fmt::format("`jobtally db restore FILE` puts FILE in its place and keeps what is there; "
                    "to go on with what is there, move {} and {} away",
                    in_quotes(store.string() + "-wal"), in_quotes(store.string() + "-shm")));
}

}  // namespace

void require_no_lone_log(const fs::path& store) {
    std::error_code error;
    const auto log_bytes = fs::file_size(store.string() + "-wal", error);
    if (error || log_bytes == 0) return;
    const auto bytes = fs::file_size(store, error);
    if (error || bytes == 0) throw_foreign_log(store, "is empty or not there");
}

void require_own_log(const fs::path& store) {
    require_no_lone_log(store);
    const auto lock_name = store.string() + ".lock";
    const Descriptor lock(::open(lock_name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const auto word = lock ? read_word(lock.number()) : std::nullopt;
    if (!word || word->is_foreign == LastWord::no) return;
    const auto found = state_of(store.string());
    const bool is_back = word->is_foreign == LastWord::taken_away && found.is_file(word->file) &&
                         found.bytes == word->file.bytes &&
                         found.written_at == word->file.written_at;
    if (is_back) return;
    if (state_of(store.string() + "-wal").bytes > 0)
        throw_foreign_log(store, "was overwritten, moved or replaced while jobtally had it open");
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const auto age = nanoseconds(now) - found.changed_at;
    if (std::abs(age) < std::chrono::nanoseconds(being_written).count()) {
        throw StoreError(Kind::changed,
                         fmt::format("store {} is being written to by another program",
                                     in_quotes(store.string())),
                         "it is opened once that is over");
    }
}

}  // namespace jobtally::store
