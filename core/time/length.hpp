// Lengths of time as people write and read them.
#pragma once

#include "core/time/instant.hpp"

#include <string>
#include <string_view>

namespace jobtally::time {

// A length such as `90s`, `15m`, `24h`, `7d`, `2w` (d = 24 h), `1.5h`, or several at once: `1h30m`.
// Units may be written out: `2 hours`, `1 day 12 hours`. Never negative. Throws
// UsageError with a hint.
Duration parse_length(std::string_view text);

// Two units at most, rounded to the smaller: `0 s`, `340 us`, `85 ms`, `1.29 s` (below 10 s), `42
// s`, `2m 05s`, `2h 13m`, `3d 04h` (below 10 d), `41d`. Negative lengths carry a minus.
std::string human_length(Duration length);

}  // namespace jobtally::time
