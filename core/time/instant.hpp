// The two quantities of time: a point in UTC and a length, both in whole microseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace jobtally::time {

using Duration = std::chrono::microseconds;
using Instant =
    std::chrono::sys_time<Duration>;  // since 1970-01-01T00:00:00Z, leap seconds not counted

// Reports carry times within [earliest, end): the years 0001 to 9999 in UTC.
inline constexpr Instant earliest{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
inline constexpr Instant end_of_time{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}};

constexpr Instant instant_from_micros(std::int64_t micros) {
    return Instant{Duration{micros}};
}
constexpr std::int64_t micros(Instant at) {
    return at.time_since_epoch().count();
}

// The system clock, cut to microseconds.
inline Instant system_now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

// A half-open window [since, until) of UTC; a missing end is unbounded.
struct TimeSpan {
    std::optional<Instant> since;
    std::optional<Instant> until;

    bool contains(Instant at) const { return (!since || at >= *since) && (!until || at < *until); }
    bool operator==(const TimeSpan&) const = default;
};

}  // namespace jobtally::time
