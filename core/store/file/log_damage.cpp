#include "core/store/file/log_damage.hpp"

#include "core/base/text.hpp"
#include "core/store/file/last_word.hpp"
#include "core/store/file/log_file.hpp"
#include "core/store/file/partial_file.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/statement.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace jobtally::store {

namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const unsigned char>;

// sqlite.org/fileformat.html, 4.1, in the order of bytes of this machine, in which SQLite writes.
struct Checksum {
    std::uint32_t first = 0, second = 0;
    bool operator==(const Checksum&) const = default;

    static Checksum at(const unsigned char* bytes) {
        return {big_endian_at(bytes), big_endian_at(bytes + 4)};
    }
    Checksum with(Bytes bytes) const {
        auto sum = *this;
        for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
            std::uint32_t words[2];
            std::memcpy(words, &bytes[i], sizeof words);
            sum.first += words[0] + sum.second;
            sum.second += words[1] + sum.first;
        }
        return sum;
    }
};

// One frame, with its head.
class Frame {
  public:
    explicit Frame(std::uint32_t page_bytes) : m_bytes(frame_head_bytes + page_bytes) {}

    bool read(sqlite3_file* log, std::int64_t offset) { return read_at(log, offset, m_bytes); }
    std::int64_t size() const { return static_cast<std::int64_t>(m_bytes.size()); }
    const unsigned char* salts() const { return &m_bytes[8]; }
    bool has_salts(const unsigned char* salts) const {
        return std::memcmp(this->salts(), salts, 8) == 0;
    }
    bool is_commit() const { return big_endian_at(&m_bytes[4]) > 0; }
    // True where it is as it was written behind `before`, whatever came of that one's page.
    bool continues(const Frame& before) const {
        const bool is_blank = big_endian_at(&m_bytes[0]) == 0;  // zeros have the sum of zeros
        return !is_blank && before.checksum()
                                    .with(Bytes(m_bytes).first(8))
                                    .with(Bytes(m_bytes).subspan(frame_head_bytes)) == checksum();
    }

  private:
    Checksum checksum() const { return Checksum::at(&m_bytes[16]); }

    std::vector<unsigned char> m_bytes;
};

using Salts = std::array<unsigned char, 8>;

// The salts of the log's own frames; nothing where there are none. Where the head is damaged SQLite
// reads nothing, and the first frame that continues another has them.
std::optional<Salts> salts_of(sqlite3_file* log, std::uint32_t page_bytes) {
    Salts salts{};
    unsigned char head[log_head_bytes];
    if (!read_at(log, 0, head)) return std::nullopt;
    if (big_endian_at(head) != 0 &&
        Checksum().with(Bytes(head).first(24)) == Checksum::at(&head[24])) {
        std::memcpy(salts.data(), &head[16], salts.size());
        return salts;
    }
    Frame frame(page_bytes), before(page_bytes);
    if (!before.read(log, log_head_bytes)) return std::nullopt;
    for (auto offset = log_head_bytes + frame.size(); frame.read(log, offset);
         offset += frame.size()) {
        std::memcpy(salts.data(), frame.salts(), salts.size());
        if (before.has_salts(salts.data()) && frame.continues(before)) return salts;
        std::swap(frame, before);
    }
    return std::nullopt;
}

// Commits behind the first `frames` of the log, and of its own: a log that began anew leaves older
// frames with other salts behind its end, and a transaction that was rolled back frames without a
// commit.
std::uint32_t commits_behind(sqlite3_file* log, std::uint32_t frames, std::uint32_t page_bytes) {
    const auto salts = salts_of(log, page_bytes);
    if (!salts) return 0;
    Frame frame(page_bytes), before(page_bytes);
    std::uint32_t commits = 0;
    auto offset = log_head_bytes + std::int64_t{frames} * frame.size();
    for (bool is_first = true; frame.read(log, offset); offset += frame.size(), is_first = false) {
        const bool counts = !is_first && frame.is_commit() && frame.has_salts(salts->data()) &&
                            before.has_salts(salts->data()) && frame.continues(before);
        if (counts) ++commits;
        std::swap(frame, before);
    }
    return commits;
}

// A commit is written when the one before it is on disk, so a power cut tears one at most.
std::uint32_t commits_lost(const Store::Connection& connection, const std::string& log) {
    const auto index = read_log_index(connection.handle());
    auto* const file = file_of(connection.handle(), SQLITE_FCNTL_JOURNAL_POINTER);
    if (!index || file == nullptr) return 0;
    const auto page_bytes = connection.query_integer("PRAGMA page_size");
    const auto commits =
        commits_behind(file, index->frames, static_cast<std::uint32_t>(page_bytes));
    return commits > 1 || is_written_since_start(state_of(log)) ? commits : 0;
}

// SQLite would take older pages from the log than the file has.
void require_log_ahead(const Store::Connection& connection, const std::string& log, int lock) {
    const auto index = read_log_index(connection.handle());
    const auto word = read_word(lock);
    if (!index || !word || word->checkpoints.salts != index->checkpoints.salts ||
        word->checkpoints.done <= index->frames)
        return;
    throw StoreError(
        StoreError::Kind::corrupt,
        fmt::format("the log of store {} is damaged, and read as far as it can be it would undo "
                    "what the store has",
                    in_quotes(connection.path().string())),
        fmt::format("move {} and {} away, for the store has its content, and run `jobtally db "
                    "verify`",
                    in_quotes(log), in_quotes(connection.path().string() + "-shm")));
}

std::string copy_aside(const Store::Connection& connection, const std::string& log) {
    const auto name =
        fmt::format("{}.damaged-{:%Y%m%dT%H%M%SZ}", log, fmt::gmtime(std::time(nullptr)));
    PartialFile copy(name);
    const Descriptor out(::open(copy.path().c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!out) throw_errno(errno, "open", copy.path());
    give_to_owner_of(connection.path(), out.number());
    auto* const file = file_of(connection.handle(), SQLITE_FCNTL_JOURNAL_POINTER);
    std::vector<unsigned char> bytes(std::size_t{1} << 20);
    for (std::int64_t left = static_cast<std::int64_t>(state_of(log).bytes), at = 0; left > 0;) {
        const auto piece = std::span(bytes).first(
            static_cast<std::size_t>(std::min<std::int64_t>(left, std::ssize(bytes))));
        if (!read_at(file, at, piece)) throw_errno(EIO, "read", log);
        const std::string_view text(reinterpret_cast<const char*>(piece.data()), piece.size());
        if (const int number = write_all(out.number(), text))
            throw_errno(number, "write", copy.path());
        at += std::ssize(piece);
        left -= std::ssize(piece);
    }
    copy.finish();
    return name;
}

}  // namespace

std::string keep_damaged_log(Store::Connection& connection, std::chrono::milliseconds patience) {
    const auto log = connection.path().string() + "-wal";
    // Who has it open read it before the damage, and knows where it ends.
    if (connection.guard()->others_are_present()) return {};
    require_log_ahead(connection, log, connection.guard()->descriptor());
    if (commits_lost(connection, log) == 0) return {};
    const HeldGuard held(connection.guard(), std::chrono::steady_clock::now() + patience);
    std::string name;
    std::uint32_t commits = 0;
    {
        const WriteScope keeps_others_out(connection);
        commits = commits_lost(connection, log);
        if (commits == 0) return {};
        name = copy_aside(connection, log);
    }
    connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    return fmt::format(
        "the log of store {} was damaged after a crash: {} or more of the last commits are "
        "missing; the log is kept as {}; run `jobtally db verify`, and load the platform's list "
        "of jobs by `jobtally ingest`, which brings back what it has",
        in_quotes(connection.path().string()), commits, in_quotes(name));
}

void note_damage(const Store::Connection& connection, std::chrono::milliseconds patience) {
    if (connection.damage.empty()) return;
    const HeldGuard held(connection.guard(), std::chrono::steady_clock::now() + patience);
    WriteScope scope(connection);
    Statement note(
        connection,
        "INSERT INTO rejected (received_at, source, reason, body) VALUES (?, ?, ?, x'')");
    note.bind(1, static_cast<std::int64_t>(std::time(nullptr)) * 1'000'000);
    note.bind(2, source_of_notes);
    note.bind(3, connection.damage);
    note.exec();
    scope.commit();
}

std::string look_for_damaged_log(const Store::Connection& connection) {
    const auto log = connection.path().string() + "-wal";
    if (state_of(log).bytes == 0) return {};
    const auto lock = lock_file_to_read(connection.path());
    // Who writes here knows where the log ends, and puts more behind it while this looks.
    if (!lock || is_open_to_write(lock->number())) return {};
    const auto before = read_log_index(connection.handle());
    require_log_ahead(connection, log, lock->number());
    const auto commits = commits_lost(connection, log);
    if (commits == 0 || is_open_to_write(lock->number()) ||
        read_log_index(connection.handle()) != before)
        return {};
    return fmt::format(
        "the log of store {} is damaged since a crash: {} or more of the last commits can't be "
        "read; `jobtally ingest`, or a listener, keeps that log aside; load the platform's list "
        "of jobs, which brings back what it has",
        in_quotes(connection.path().string()), commits);
}

bool has_damaged_log(const Store::Connection& connection) {
    return commits_lost(connection, connection.path().string() + "-wal") > 0;
}

const std::string& damage_found(const Store& store) {
    return store.connection().damage;
}

}  // namespace jobtally::store
