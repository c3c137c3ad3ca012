#include "core/store/file/file_head.hpp"

#include <cerrno>

#include <sqlite3.h>
#include <sys/mman.h>

namespace jobtally::store {

namespace {

// Both headers have 64 KiB, which two bytes do not hold, as 1.
std::uint32_t page_bytes(std::uint32_t field) {
    return field == 1 ? 65536 : field;
}

}  // namespace

std::optional<FileHead> read_file_head(sqlite3* connection) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr) return std::nullopt;
    unsigned char bytes[32] = {};
    sqlite3_int64 size = 0;
    if (file->pMethods->xRead(file, bytes, sizeof bytes, 0) != SQLITE_OK ||
        file->pMethods->xFileSize(file, &size) != SQLITE_OK) {
        return std::nullopt;
    }
    const std::uint64_t page = page_bytes(std::uint32_t{bytes[16]} << 8 | bytes[17]);
    const std::uint64_t pages = (std::uint64_t{bytes[28]} << 24) +
                                (std::uint64_t{bytes[29]} << 16) + (std::uint64_t{bytes[30]} << 8) +
                                bytes[31];
    FileHead head;
    head.has_log = bytes[18] == 2;
    head.named_bytes = page * pages;
    head.actual_bytes = static_cast<std::uint64_t>(size);
    return head;
}

namespace {

constexpr int region_bytes = 32768;
constexpr std::uint64_t frames_a_region = 4096, frames_less_in_first = 34;

// A region of the log's index in SQLite's own mapping; null where it is not made yet.
void volatile* region_of_index(sqlite3* connection, int number) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2)
        return nullptr;
    void volatile* region = nullptr;
    const int code = file->pMethods->xShmMap(file, number, region_bytes, 0, &region);
    return code == SQLITE_OK ? region : nullptr;
}

const unsigned char volatile* log_index(sqlite3* connection) {
    const auto* const bytes =
        static_cast<const unsigned char volatile*>(region_of_index(connection, 0));
    return bytes == nullptr || bytes[12] == 0 ? nullptr : bytes;
}

std::uint32_t number_at(const unsigned char volatile* bytes, std::size_t offset) {
    return *static_cast<const std::uint32_t volatile*>(
        static_cast<const void volatile*>(bytes + offset));
}

}  // namespace

std::uint64_t log_bytes_by_index(sqlite3* connection) {
    constexpr std::uint64_t log_head = 32;
    constexpr std::uint64_t frame_head = 24;
    const auto* const index = log_index(connection);
    if (index == nullptr) return 0;
    const std::uint64_t page = page_bytes(number_at(index, 12) >> 16);
    const std::uint64_t frames = number_at(index, 16);
    return frames == 0 ? 0 : log_head + frames * (frame_head + page);
}

std::optional<LogIndex> read_log_index(sqlite3* connection) {
    constexpr std::size_t header_bytes = 48;
    const auto* const bytes = log_index(connection);
    if (bytes == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < header_bytes; i += 4) {
        if (number_at(bytes, i) != number_at(bytes, header_bytes + i)) return std::nullopt;
    }
    return LogIndex{page_bytes(number_at(bytes, 12) >> 16), number_at(bytes, 16),
                    number_at(bytes, 20), checkpoint_state(connection)};
}

std::uint64_t index_bytes_of(std::uint64_t frames) {
    return region_bytes * (1 + (frames + frames_less_in_first - 1) / frames_a_region);
}

std::uint64_t frames_in_log(sqlite3* connection) {
    const auto* const index = log_index(connection);
    return index == nullptr ? 0 : number_at(index, 16);
}

bool takes_writes_to_index(sqlite3* connection) {
    const auto regions = static_cast<int>(index_bytes_of(frames_in_log(connection)) / region_bytes);
    for (int i = 0; i < regions; ++i) {
        auto* const region = const_cast<void*>(region_of_index(connection, i));
        if (region == nullptr) break;
        if (::madvise(region, region_bytes, MADV_POPULATE_WRITE) != 0 && errno == EFAULT)
            return false;
    }
    return true;
}

CheckpointState checkpoint_state(sqlite3* connection) {
    const auto* const index = log_index(connection);
    if (index == nullptr) return {};
    return {
        {number_at(index, 32), number_at(index, 36)}, number_at(index, 96), number_at(index, 128)};
}

}  // namespace jobtally::store
