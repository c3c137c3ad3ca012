// The pieces that a series cuts time into: hours, days, weeks, months of the local calendar.
#pragma once

#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::time {

// Weeks begin on Monday.
enum class Every : std::uint8_t { hour, day, week, month, quarter, year };

// `hour`, `day`, ... Throws UsageError for anything else.
Every every_named(std::string_view name);

// The edges of the buckets that [first, last] touches, ascending: bucket i is [edge i, edge i + 1),
// the first one holds `first`, the last one `last`. Requires first <= last. A day that the clock
// changes in has 23 or 25 hours, an hour that occurs twice is two buckets, a day that the zone left
// out (Samoa, 2011-12-30) is none. Throws UsageError where that would be more than `most` buckets.
std::vector<Instant> bucket_edges(Every every, Instant first, Instant last, const Zone& zone,
                                  std::size_t most);

// What people call a bucket by its start: `2026-11-01 14:00`, `2026-11-01`, `2026-W44`, `2026-11`,
// `2026-Q4`, `2026`. Hours that occur twice carry the zone's abbreviation.
std::string bucket_name(Every every, Instant start, const Zone& zone);

}  // namespace jobtally::time
