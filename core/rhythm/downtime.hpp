// Time in which no report could arrive because no listener was up. A report that was due then is
// not held against its definition.
#pragma once

#include "core/rhythm/rhythm.hpp"
#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <optional>
#include <vector>

namespace jobtally::rhythm {

// Between the spans of listeners up to `now`, ascending and apart from each other, both ends set.
// Before the first listener nothing is known, so nothing is downtime. The time since the last one
// counts too, and then ends with `now`, unless reports of jobs that have ended since have come by
// another way. A listener that can't write into the store was alive at `spooling_at`, if that is
// not after `now`.
std::vector<time::TimeSpan> downtimes(const store::Store& store, time::Instant now,
                                      std::optional<time::Instant> spooling_at = {});

// Since when no listener was up at `at`; none where that is no longer than a restart may take.
std::optional<time::Instant> down_since(const std::vector<time::TimeSpan>& down, time::Instant at);

// How much of [from, to) lies in `down`.
time::Duration down_within(const std::vector<time::TimeSpan>& down, time::Instant from,
                           time::Instant to);

// The end of the downtime in which the report of `slot` may have been lost; none where that is
// unlikely. It is likely where at least a tenth of the past reports, judged by how long after their
// slots they came, would have been lost in it.
std::optional<time::Instant> lost_until(const std::vector<time::TimeSpan>& down,
                                        const Rhythm& rhythm, time::Instant slot);

}  // namespace jobtally::rhythm
