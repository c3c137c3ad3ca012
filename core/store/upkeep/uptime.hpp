// When a listener was up: the table `uptime`.
#pragma once

#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace jobtally::store {

using UptimeKey = std::int64_t;

struct UptimeSpan {
    time::Instant begun_at;
    time::Instant last_alive_at;
    bool has_ended = false;  // true if it ended on request; else it still runs, or was killed
};

// How often a listener says that it is alive.
inline constexpr std::chrono::seconds alive_every{60};

// The times are those of the clock, which may turn out to have been ahead: a later call with an
// earlier time corrects what the span says, and what came long ahead of a sign of life is put back.
// begin_uptime() doubts what the spans before say then, as settle_doubt() has it. Where the
// listener was up before `at`, it is since `begun_at`. Each call is a transaction of its own under
// the write guard, for which it waits up to `patience`. What it wrote is on disk when it returns.
// mark_alive() throws StoreError::full as well where a report would have no room.
UptimeKey begin_uptime(Store& store, time::Instant at, std::chrono::milliseconds patience,
                       time::Instant begun_at = time::end_of_time);
void mark_alive(Store& store, UptimeKey span, time::Instant at, std::chrono::milliseconds patience);
void end_uptime(Store& store, UptimeKey span, time::Instant at, std::chrono::milliseconds patience);

// Ordered by begun_at. What is doubted ends where the next span begins.
std::vector<UptimeSpan> read_uptime(const Store& store);
// Whether a report has arrived after `at`, of a job that ended after it, since the last sign of
// life was written; not one that a listener had taken before.
bool came_without_a_listener(const Store& store, time::Instant at);

}  // namespace jobtally::store
