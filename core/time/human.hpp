// Lengths and ages of time as people read them.
#pragma once

#include "core/time/instant.hpp"

#include <string>

namespace jobtally::time {

// Two units at most, rounded to the smaller: `0 s`, `340 us`, `85 ms`, `1.29 s` (below 10 s), `42
// s`, `2m 05s`, `2h 13m`, `3d 04h` (below 10 d), `41d`. Negative lengths carry a minus.
std::string human_length(Duration length);

}  // namespace jobtally::time
