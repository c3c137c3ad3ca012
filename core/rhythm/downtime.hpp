// Time in which no report could arrive because no listener was up. A report that was due then is
// not held against its definition, and that there was none tells nothing of when a job rests.
#pragma once

#include "core/rhythm/evidence.hpp"
#include "core/rhythm/rhythm.hpp"
#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <span>
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
time::Duration down_within(std::span<const time::TimeSpan> down, time::Instant from,
                           time::Instant to);

// The end of the downtime in which the report of `slot` may have been lost; none where that is
// unlikely. It is likely where at least a tenth of the past reports, judged by how long after their
// slots they came, would have been lost in it.
std::optional<time::Instant> lost_until(const std::vector<time::TimeSpan>& down,
                                        const Rhythm& rhythm, time::Instant slot);

// The times at which runs that take `duration` may have begun and nobody knows: their reports were
// lost in `down`. What came by another way, as by the platform's list, ends such a time: from the
// first known run of a downtime on they are known. `runs` are instants, ascending.
std::vector<time::TimeSpan> hidden_by(std::span<const time::TimeSpan> down,
                                      std::span<const std::int64_t> runs, time::Duration duration);

// Slots from the first of them up to the last, which is none of them.
struct SlotRange {
    std::int64_t begin, end;
};
// Those between the slots of two runs that are hidden, ascending; `from` and `to` are those runs.
std::vector<SlotRange> hidden_slots(const LearnedSchedule& schedule, const Times& runs,
                                    std::size_t from, std::size_t to);

}  // namespace jobtally::rhythm
