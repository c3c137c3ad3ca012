#include "core/store/reports/settle.hpp"

#include "core/store/reports/writer_memory.hpp"

#include <algorithm>

#include <sqlite3.h>

namespace jobtally::store {

namespace {

// Readers of the log keep it from being emptied, perhaps for long, and the guard is held while we
// wait for them; so this is short.
constexpr std::chrono::milliseconds patience_with_readers{50};

// One short transaction; false when there was nothing to pack.
bool pack_some(Store::Connection& connection, std::chrono::milliseconds patience) {
    const HeldGuard held(connection.guard(), std::chrono::steady_clock::now() + patience);
    auto& memory = WriterMemory::of(connection);
    WriteScope scope(connection);
    try {
        memory.refresh();
        if (!memory.packer.pack_gap(memory.last_sequence)) return false;
        scope.commit();
    } catch (...) {
        memory.forget();
        throw;
    }
    connection.checkpoint_if_long();
    return true;
}

}  // namespace

void settle(Store& store, std::chrono::milliseconds patience) {
    auto& connection = store.connection();
    connection.wait_at_most(patience);
    while (pack_some(connection, patience)) {
    }
    empty_log(store, patience);
}

void empty_log(Store& store, std::chrono::milliseconds patience) {
    auto& connection = store.connection();
    const HeldGuard held(connection.guard(), std::chrono::steady_clock::now() + patience);
    connection.wait_at_most(std::min(patience, patience_with_readers));
    connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
}

}  // namespace jobtally::store
