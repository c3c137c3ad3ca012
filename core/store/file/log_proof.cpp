#include "core/store/file/log_proof.hpp"

#include "core/store/file/file_head.hpp"

#include <map>
#include <vector>

#include <sqlite3.h>

namespace jobtally::store {

namespace {

constexpr std::int64_t log_head_bytes = 32;
constexpr std::int64_t frame_head_bytes = 24;
constexpr int most_attempts = 8;

sqlite3_file* file_of(sqlite3* connection, int which) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection, "main", which, &file);
    return file == nullptr || file->pMethods == nullptr ? nullptr : file;
}

bool read_at(sqlite3_file* file, std::int64_t offset, std::vector<unsigned char>& bytes) {
    return file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), offset) ==
           SQLITE_OK;
}

std::uint32_t big_endian_at(const std::vector<unsigned char>& bytes, std::size_t offset) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | bytes[offset + i];
    return number;
}

std::int64_t frame_offset(const LogIndex& index, std::uint32_t frame) {
    return log_head_bytes + (frame - 1) * (frame_head_bytes + std::int64_t{index.page_bytes});
}

// The newest frame of each page among those that were checkpointed, 0 for a page that has a newer
// one: a checkpoint leaves it out, or is writing it. What a later commit cut off need not be in the
// file. False where the log can't be read.
bool find_newest(sqlite3_file* log, const LogIndex& index,
                 std::map<std::uint32_t, std::uint32_t>& newest) {
    std::vector<unsigned char> head(frame_head_bytes);
    for (std::uint32_t frame = 1; frame <= index.frames; ++frame) {
        if (!read_at(log, frame_offset(index, frame), head)) return false;
        const auto page = big_endian_at(head, 0);
        const auto pages_at_commit = big_endian_at(head, 4);
        newest[page] = frame <= index.checkpoints.done ? frame : 0;
        if (pages_at_commit > 0) newest.erase(newest.upper_bound(pages_at_commit), newest.end());
    }
    return true;
}

bool has_fitting_head(sqlite3* connection, const LogIndex& index) {
    const auto head = read_file_head(connection);
    if (!head || !head->has_log) return false;
    // The index of a log that was empty when it was opened says nothing until the first commit. The
    // last pages come with the last frames.
    const auto& [salts, done, attempted] = index.checkpoints;
    if (index.pages == 0 || done < index.frames || attempted != done) return true;
    const auto bytes = std::uint64_t{index.pages} * index.page_bytes;
    return head->named_bytes == bytes && head->actual_bytes >= bytes;
}

LogProof compare(sqlite3* connection, const LogIndex& index) {
    auto* const file = file_of(connection, SQLITE_FCNTL_FILE_POINTER);
    auto* const log = file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER);
    if (file == nullptr || log == nullptr) return LogProof::undecided;
    if (!has_fitting_head(connection, index)) return LogProof::disagrees;
    std::map<std::uint32_t, std::uint32_t> newest;
    if (!find_newest(log, index, newest)) return LogProof::undecided;
    std::vector<unsigned char> in_log(index.page_bytes);
    std::vector<unsigned char> in_file(index.page_bytes);
    for (const auto& [page, frame] : newest) {
        if (frame == 0) continue;
        if (!read_at(log, frame_offset(index, frame) + frame_head_bytes, in_log))
            return LogProof::undecided;
        const auto offset = (std::int64_t{page} - 1) * index.page_bytes;
        if (!read_at(file, offset, in_file) || in_file != in_log) return LogProof::disagrees;
    }
    return LogProof::agrees;
}

}  // namespace

LogProof compare_with_log(sqlite3* connection) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const auto before = read_log_index(connection);
        if (!before) continue;
        const auto proof = compare(connection, *before);
        if (proof == LogProof::agrees) return proof;
        if (proof == LogProof::disagrees && read_log_index(connection) == before) return proof;
    }
    return LogProof::undecided;
}

}  // namespace jobtally::store
