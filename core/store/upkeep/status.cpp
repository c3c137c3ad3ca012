#include "core/store/upkeep/status.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/segments/segments.hpp"

#include <algorithm>

#include <sqlite3.h>

namespace jobtally::store {

namespace {

std::int64_t size_of_file(std::filesystem::path path, const char* ending) {
    path += ending;
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : static_cast<std::int64_t>(size);
}

struct TimeBounds {
    std::int64_t first_created = INT64_MAX;
    std::int64_t last_created = INT64_MIN;
    std::int64_t last_received = INT64_MIN;
    std::int64_t reports = 0;
};

}  // namespace

StoreStatus read_status(const Store& store) {
    const auto& connection = store.connection();
    const ReadScope scope(connection);
    StoreStatus status;
    status.path = connection.path().string();
    status.schema_version = connection.query_integer("PRAGMA user_version");
    status.sqlite_version = sqlite_version();
    status.has_wal_reset_fix = has_wal_reset_fix();
    status.file_bytes = size_of_file(connection.path(), "");
    status.wal_bytes = size_of_file(connection.path(), "-wal");
    status.definitions = connection.query_integer("SELECT count(*) FROM definition");
    status.rejected = connection.query_integer("SELECT count(*) FROM rejected");
    TimeBounds bounds;
    scan_facts(store, {FactColumn::created_at | FactColumn::received_at, {}, WhichTime::created},
               [&](const FactBatch& batch) {
                   bounds.reports += static_cast<std::int64_t>(batch.size);
                   for (std::size_t i = 0; i < batch.size; ++i) {
                       bounds.first_created = std::min(bounds.first_created, batch.created_at[i]);
                       bounds.last_created = std::max(bounds.last_created, batch.created_at[i]);
                       bounds.last_received = std::max(bounds.last_received, batch.received_at[i]);
                   }
               });
    status.reports = bounds.reports;
    if (bounds.reports > 0) {
        status.first_created_at = time::instant_from_micros(bounds.first_created);
        status.last_created_at = time::instant_from_micros(bounds.last_created);
        status.last_received_at = time::instant_from_micros(bounds.last_received);
    }
    return status;
}

std::string sqlite_version() {
    return sqlite3_libversion();
}

bool has_wal_reset_fix() {
    const int version = sqlite3_libversion_number();
    const bool is_backport =
        (version >= 3044006 && version < 3045000) || (version >= 3050007 && version < 3051000);
    return version >= 3051003 || is_backport;
}

std::string_view wal_reset_bug() {
    return has_wal_reset_fix() ? "fixed" : "guarded against";
}

}  // namespace jobtally::store
