// Times as people write them on a command line. All of them throw UsageError with a hint.
#pragma once

#include <string_view>

#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

namespace jobtally::time {

// CONTRACT section 3: RFC 3339; `2026-11-01`, `2026-11-01 02:00[:30]` (local); `2026`, `2026-11`,
// `2026-W47` (their start); `now today yesterday tomorrow`; weekday names (the start of the latest
// one past, `mon` too); `-2d`, `"2 hours ago"`; `@UNIX`.
Instant parse_time(std::string_view text, Instant now, const Zone& zone);

// `today yesterday this-week last-week this-month last-month this-year last-year` (weeks begin on
// Monday), or a calendar form: `2026`, `2026-11`, `2026-W47`, `2026-11-01`.
TimeSpan parse_period(std::string_view text, Instant now, const Zone& zone);

// A length such as `90s`, `15m`, `24h`, `7d`, `2w` (d = 24 h), or several at once: `1h30m`. Never negative.
Duration parse_length(std::string_view text);

}  // namespace jobtally::time
