// The yearly rule of a zone without an end: `CET-1CEST,M3.5.0,M10.5.0/3`, as zone files carry it in
// their last line and as TZ may hold it (POSIX.1 8.3, with the wider times of RFC 8536 3.3.1).
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::time {

// One offset from UTC and its name.
struct ZoneType {
    std::chrono::seconds offset{0};  // to be added to UTC
    std::string abbreviation;
};

// A day of the year and the wall clock's time on it at which the clock changes.
struct YearlyChange {
    enum class Kind { month_week_weekday, julian_without_leap_day, day_of_year };
    Kind kind = Kind::day_of_year;
    int month = 0, week = 0, weekday = 0;  // `Mm.w.d`; week 5 is the last, weekday 0 is Sunday
    int day = 0;                           // `Jn` counts from 1, `n` from 0
    std::chrono::seconds time{std::chrono::hours{2}};

    // The change's wall clock time in that year, as if it were UTC.
    std::chrono::sys_seconds in_year(int year) const;
};

struct PosixRule {
    ZoneType standard;
    ZoneType summer;  // means something only where there are changes
    struct Changes {
        YearlyChange to_summer, to_standard;
    };
    std::optional<Changes> changes;

    // Nothing where the text is no such rule. Summer time without dates gets the ones glibc takes,
    // those of the United States.
    static std::optional<PosixRule> parse(std::string_view text);

    struct Era {
        std::chrono::sys_seconds from, to;
        const ZoneType* type;
    };
    // What holds at that instant, and between which changes. Without changes from and to are the
    // limits of sys_seconds.
    Era era_at(std::chrono::sys_seconds at) const;
};

}  // namespace jobtally::time
