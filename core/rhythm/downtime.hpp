// Time in which no report could arrive, because no listener was up.
#pragma once

#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <vector>

namespace jobtally::rhythm {

// Between the spans of listeners up to `now`, ascending and apart from each other, both ends set.
// Before the first listener nothing is known, so nothing is downtime. The time since the last one
// counts too, and then ends with `now`, unless reports have come since by another way.
std::vector<time::TimeSpan> downtimes(const store::Store& store, time::Instant now);

}  // namespace jobtally::rhythm
