// Deleting what is old, a little at a time.
#pragma once

#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <functional>

namespace jobtally::store {

struct OldRecords {
    std::int64_t reports = 0;   // created before a time
    std::int64_t rejected = 0;  // received before it
};

OldRecords count_before(const Store& store, time::Instant before);

// Deletes the records that are old when it begins; what arrives meanwhile stays. Each piece is a
// transaction of some milliseconds and ends early where another writer waits, so that a listener's
// answers are not late. A kill leaves a sound store with fewer reports. The space is used again;
// the file does not get smaller. Packs and checkpoints at the end. Returns what it deleted.
// `progress` is told how many of the old reports were looked at.
OldRecords prune(Store& store, time::Instant before,
                 const std::function<void(std::int64_t done, std::int64_t total)>& progress = {});

}  // namespace jobtally::store
