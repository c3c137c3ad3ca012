// The bytes of a log (sqlite.org/fileformat.html, 4), read through SQLite's own descriptors, as
// file_head.hpp says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <sqlite3.h>

namespace jobtally::store {

inline constexpr std::int64_t log_head_bytes = 32;
inline constexpr std::uint32_t frame_head_bytes = 24;

// `which` is SQLITE_FCNTL_FILE_POINTER for the store or SQLITE_FCNTL_JOURNAL_POINTER for its log;
// null where it is not open. It stays the connection's.
inline sqlite3_file* file_of(sqlite3* connection, int which) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection, "main", which, &file);
    return file == nullptr || file->pMethods == nullptr ? nullptr : file;
}

// False where not all of the bytes are there.
inline bool read_at(sqlite3_file* file, std::int64_t offset, std::span<unsigned char> bytes) {
    return file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), offset) ==
           SQLITE_OK;
}

inline std::uint32_t big_endian_at(const unsigned char* bytes) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | bytes[i];
    return number;
}

}  // namespace jobtally::store
