// Times as people write them on a command line; the manual page jobtally(1) lists the forms. All
// functions throw UsageError with a hint. Letters may be of either case, spaces around the text do
// not count.
#pragma once

#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <string_view>

namespace jobtally::time {

// RFC 3339; `2026-11-01`, `2026-11-01 02:00[:30]` (local, `T` between them
// too); `2026`, `2026-11`, `2026-W47` (their start); `now today yesterday tomorrow`; weekday names
// (the latest start of such a day, today's included; `mon` too); `-2d`, `-1h30m`, `+2h`, `"2 hours
// ago"` (d = 24 h); `@UNIX`. A local day begins at the first instant of its date.
Instant parse_time(std::string_view text, Instant now, const Zone& zone);

// `today yesterday this-week last-week this-month last-month this-year last-year` (weeks begin on
// Monday; a space instead of the hyphen will do), or a calendar form: `2026`, `2026-11`,
// `2026-W47`, `2026-11-01`. Both ends are set.
TimeSpan parse_period(std::string_view text, Instant now, const Zone& zone);

}  // namespace jobtally::time
