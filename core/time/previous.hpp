// The window that a window is compared with.
#pragma once

#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <optional>
#include <string_view>

namespace jobtally::time {

// The window of the same kind just before. Whole local months (a year has twelve) come after as
// many months, whole local days after as many days, whatever the clock did; other lengths after the
// same length. Both ends of `span` must be set.
TimeSpan previous_span(const TimeSpan& span, const Zone& zone);

// A period as parse_period() reads it, or two times: `2026-10-01..2026-10-08`. Throws UsageError.
TimeSpan parse_range(std::string_view text, Instant now, const Zone& zone);

// Where `now` lies within `span` only part of it has passed: then the other window ends after the
// same part, by the local calendar where both windows begin at a local midnight, but not later than
// it did.
TimeSpan cut_at_same_point(const TimeSpan& other, const TimeSpan& span, Instant now,
                           const Zone& zone);

}  // namespace jobtally::time
