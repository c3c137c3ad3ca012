// RFC 3339 date-times as reports carry them, and as jobtally prints them for machines.
#pragma once

#include "core/base/result.hpp"
#include "core/time/instant.hpp"

#include <string>
#include <string_view>

namespace jobtally::time {

// Reads `2020-11-21T14:26:10.345Z`: `T`/`t` between date and time, any number of fraction digits
// (those beyond microseconds are cut off), `Z`, `z` or `+hh:mm`, written years 0001 to 9999 and the
// same in UTC. A second 60 is taken only where UTC is 23:59:60, and becomes 23:59:59.999999. The
// reason of a problem does not name the field, which the caller knows. Allocates only for a
// problem.
Result<Instant> parse_rfc3339(std::string_view text);

// UTC with `Z` and 0, 3 or 6 fraction digits, as many as the value needs. Instants outside
// [earliest, end_of_time) are shown as the nearest one within.
std::string format_utc(Instant at);
void append_utc(std::string& out, Instant at);

// Seconds as a plain decimal number, exact to the microsecond, without trailing zeros: `1.285`.
std::string format_seconds(Duration length);

}  // namespace jobtally::time
