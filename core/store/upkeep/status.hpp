// What `db status` says of a store.
#pragma once

#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::store {

struct StoreStatus {
    std::string path;
    std::int64_t schema_version = 0;
    std::string sqlite_version;
    bool has_wal_reset_fix = false;
    std::int64_t file_bytes = 0;
    std::int64_t wal_bytes = 0;
    std::int64_t reports = 0;
    std::int64_t definitions = 0;
    std::int64_t rejected = 0;
    std::optional<time::Instant> first_created_at;
    std::optional<time::Instant> last_created_at;
    std::optional<time::Instant> last_received_at;
};

StoreStatus read_status(const Store& store);

// The version of the SQLite library that runs, and whether it has the fix for the WAL-reset bug
// (3.51.3 and later, and its backports 3.44.6 and 3.50.7; sqlite.org/wal.html#walresetbug); in
// words: "fixed", else "guarded against" by jobtally's write guard.
std::string sqlite_version();
bool has_wal_reset_fix();
std::string_view wal_reset_bug();

}  // namespace jobtally::store
