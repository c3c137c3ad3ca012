#include "core/store/file_head.hpp"

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

}  // namespace jobtally::store
