// Work for quiet times.
#pragma once

#include "core/store/file/store.hpp"

#include <chrono>

namespace jobtally::store {

// Checkpoints the log and packs settled reports for fast scans, both under the write guard. Call it
// when there is nothing better to do and before a graceful end. It lets other writers in between,
// and waits for each of them up to `patience`, then throws StoreError::busy. A log that readers
// need is emptied another time.
void settle(Store& store, std::chrono::milliseconds patience = std::chrono::seconds(60));
// The last step of that: brings into the file what the log holds, and gives back the log's room.
void empty_log(Store& store, std::chrono::milliseconds patience);

}  // namespace jobtally::store
