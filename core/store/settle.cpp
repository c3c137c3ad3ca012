// Checkpoints, all of them under the write guard.
#include "core/store/connection.hpp"
#include "core/store/reports.hpp"
#include "core/store/sqlite_error.hpp"

#include <sqlite3.h>

namespace jobtally::store {

void settle(Store& store) {
    const auto& connection = store.connection();
    if (connection.is_private()) return;
    const HeldGuard held(connection.guard(),
                         std::chrono::steady_clock::now() + std::chrono::seconds(60));
    const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr,
                                               SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    // Readers that need the log are no error: it is emptied another time.
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) {
        throw_sqlite(code, connection.handle(), connection.path());
    }
}

}  // namespace jobtally::store
