#include "core/store/file/last_word.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/store/file/log_proof.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/write_guard.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobtally::store {

namespace {

namespace fs = std::filesystem;
using Kind = StoreError::Kind;

constexpr std::uint64_t word_magic = 0x31796c6c61746a;  // "jtally1"
constexpr std::chrono::seconds being_written{3};

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

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

FileState state_of(const std::string& name) {
    struct stat found {};
    if (::stat(name.c_str(), &found) == 0) {
        return {found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size),
                nanoseconds(found.st_mtim), nanoseconds(found.st_ctim)};
    }
    if (errno != ENOENT) throw_errno(errno, "look at", name);
    return {};
}

bool is_written_since_start(const FileState& file) {
    timespec now{}, running{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    ::clock_gettime(CLOCK_BOOTTIME, &running);
    return file.written_at / 1'000'000'000 > now.tv_sec - running.tv_sec;
}

std::optional<LastWord> read_word(int lock) {
    LastWord word;
    if (::pread(lock, &word, sizeof word, 0) != sizeof word || word.magic != word_magic)
        return std::nullopt;
    return word;
}

void write_word(int lock, LastWord& word) {
    word.magic = word_magic;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    word.serial = static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
    [[maybe_unused]] const auto ignored = ::pwrite(lock, &word, sizeof word, 0);
}

bool has_checkpointed(const LastWord& word, const CheckpointState& now) {
    const auto& then = word.checkpoints;
    return now.salts != then.salts || now.done > then.done || now.attempted > then.attempted ||
           now.attempted != now.done;
}

bool is_as_left(sqlite3* connection, const fs::path& store, const WriteGuard& guard) {
    const auto word = read_word(guard.descriptor());
    return !word || (word->is_foreign == LastWord::no &&
                     (word->file == state_of(store.string()) ||
                      (has_checkpointed(*word, checkpoint_state(connection)) &&
                       compare_with_log(connection) != LogProof::disagrees)));
}

void leave_word(const fs::path& store, WriteGuard& guard) {
    auto word = read_word(guard.descriptor()).value_or(LastWord());
    word.file = state_of(store.string());
    word.checkpoints = {};
    word.is_foreign = LastWord::no;
    write_word(guard.descriptor(), word);
}

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

bool may_have_log_of_another(const fs::path& store) {
    const auto log = state_of(store.string() + "-wal");
    const auto lock = lock_file_to_read(store);
    if (log.bytes == 0 || !is_written_since_start(log) || !lock || !*lock ||
        is_open_to_write(lock->number()))
        return false;
    const auto word = read_word(lock->number());
    const auto found = state_of(store.string());
    return word && (found.bytes != word->file.bytes || found.written_at != word->file.written_at);
}

void throw_log_of_another(const fs::path& store) {
    throw StoreError(
        Kind::changed,
        fmt::format("store {} was overwritten or replaced while nobody had it open, and is damaged "
                    "if it is read with the log beside it",
                    in_quotes(store.string())),
        fmt::format("`jobtally db restore FILE` puts FILE in its place and keeps what is there; to "
                    "go on with a copy that was put there, move {} and {} away",
                    in_quotes(store.string() + "-wal"), in_quotes(store.string() + "-shm")));
}

void require_no_log_left(const fs::path& named, const fs::path& store) {
    std::error_code none;
    const auto left = named.string() + "-wal";
    if (!fs::is_symlink(named, none) || state_of(left).bytes == 0 ||
        state_of(store.string() + ".lock").inode != 0 ||
        fs::equivalent(left, store.string() + "-wal", none))
        return;
    throw StoreError(Kind::changed,
                     fmt::format("the log {} stands beside the link, but the store is {}",
                                 in_quotes(left), in_quotes(store.string())),
                     fmt::format("if the store was moved without its log, move that to {}; if "
                                 "another store was put in its place, move the log away",
                                 in_quotes(store.string() + "-wal")));
}

}  // namespace jobtally::store
