#include "core/store/file/file_head.hpp"

#include <sqlite3.h>

namespace jobtally::store {

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
    const std::uint64_t size_field = (std::uint64_t{bytes[16]} << 8) + bytes[17];
    const std::uint64_t page = size_field == 1 ? 65536 : size_field;
    const std::uint64_t pages = (std::uint64_t{bytes[28]} << 24) +
                                (std::uint64_t{bytes[29]} << 16) + (std::uint64_t{bytes[30]} << 8) +
                                bytes[31];
    FileHead head;
    head.has_log = bytes[18] == 2;
    head.named_bytes = page * pages;
    head.actual_bytes = static_cast<std::uint64_t>(size);
    return head;
}

std::uint64_t log_bytes_by_index(sqlite3* connection) {
    constexpr int region_bytes = 32768;
    constexpr std::uint64_t log_head = 32;
    constexpr std::uint64_t frame_head = 24;
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2) return 0;
    void volatile* region = nullptr;
    if (file->pMethods->xShmMap(file, 0, region_bytes, 0, &region) != SQLITE_OK) return 0;
    const auto* const bytes = static_cast<const unsigned char volatile*>(region);
    if (bytes == nullptr || bytes[12] == 0) return 0;  // not made yet
    const auto* const size_field = static_cast<const std::uint16_t volatile*>(region) + 7;
    const auto* const frames = static_cast<const std::uint32_t volatile*>(region) + 4;
    const std::uint64_t page = *size_field == 1 ? 65536 : *size_field;
    return *frames == 0 ? 0 : log_head + *frames * (frame_head + page);
}

}  // namespace jobtally::store
