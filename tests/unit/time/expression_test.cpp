#include "core/time/expression.hpp"

#include "core/base/error.hpp"
#include "core/time/length.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <string>

namespace {

using jobtally::UsageError;
using jobtally::time::format_utc;
using jobtally::time::Instant;
using jobtally::time::parse_length;
using jobtally::time::parse_period;
using jobtally::time::parse_rfc3339;
using jobtally::time::parse_time;
using jobtally::time::TimeSpan;
using jobtally::time::Zone;

// A Wednesday.
Instant wednesday_noon() {
    return *parse_rfc3339("2026-11-18T11:00:00Z");
}

std::string time_in(const char* zone, std::string_view text, Instant now = wednesday_noon()) {
    return format_utc(parse_time(text, now, Zone::named(zone)));
}

std::string in_berlin(std::string_view text) {
    return time_in("Europe/Berlin", text);
}

std::string period_in(const char* zone, std::string_view text, Instant now = wednesday_noon()) {
    const TimeSpan span = parse_period(text, now, Zone::named(zone));
    REQUIRE(span.since.has_value());
    REQUIRE(span.until.has_value());
    return format_utc(*span.since) + ' ' + format_utc(*span.until);
}

std::int64_t hours_of(const char* zone, std::string_view period) {
    const TimeSpan span = parse_period(period, wednesday_noon(), Zone::named(zone));
    return (*span.until - *span.since) / std::chrono::hours{1};
}

template <class Call>
std::string usage_error(Call call) {
    try {
        call();
    } catch (const UsageError& error) {
        CHECK_FALSE(error.hint().empty());
        return error.what();
    }
    return "taken";
}

std::string time_error(std::string_view text) {
    return usage_error([text] { parse_time(text, wednesday_noon(), Zone{}); });
}

std::string period_error(std::string_view text) {
    return usage_error([text] { parse_period(text, wednesday_noon(), Zone{}); });
}

std::string length_error(std::string_view text) {
    return usage_error([text] { parse_length(text); });
}

}  // namespace

TEST_CASE("times with an offset mean the same everywhere", "[time]") {
    for (const char* zone : {"UTC", "Europe/Berlin", "America/New_York"}) {
        CHECK(time_in(zone, "2026-11-01T02:00:00Z") == "2026-11-01T02:00:00Z");
        CHECK(time_in(zone, "2026-11-01t02:00:00.5+01:00") == "2026-11-01T01:00:00.500Z");
        CHECK(time_in(zone, "2026-11-01 02:00:00Z") == "2026-11-01T02:00:00Z");
        CHECK(time_in(zone, "@0") == "1970-01-01T00:00:00Z");
        CHECK(time_in(zone, "@1605968770.345") == "2020-11-21T14:26:10.345Z");
        CHECK(time_in(zone, "@-1.5") == "1969-12-31T23:59:58.500Z");
        CHECK(time_in(zone, "now") == "2026-11-18T11:00:00Z");
    }
}

TEST_CASE("dates and wall clock times are local", "[time]") {
    CHECK(in_berlin("2026-11-01") == "2026-10-31T23:00:00Z");
    CHECK(in_berlin("2026-11-01 02:00") == "2026-11-01T01:00:00Z");
    CHECK(in_berlin("2026-11-01 02:00:30") == "2026-11-01T01:00:30Z");
    CHECK(in_berlin("2026-11-01T02:00") == "2026-11-01T01:00:00Z");
    CHECK(in_berlin("2026-11-01T02:00:30.25") == "2026-11-01T01:00:30.250Z");
    CHECK(in_berlin(" 2026-11-01  ") == "2026-10-31T23:00:00Z");
    CHECK(in_berlin("2026-07-01") == "2026-06-30T22:00:00Z");
    CHECK(in_berlin("2026") == "2025-12-31T23:00:00Z");
    CHECK(in_berlin("2026-11") == "2026-10-31T23:00:00Z");
    CHECK(in_berlin("2026-W47") == "2026-11-15T23:00:00Z");
    CHECK(in_berlin("2026-03-29 02:30") == "2026-03-29T01:00:00Z");          // skipped
    CHECK(in_berlin("2026-10-25 02:30") == "2026-10-25T00:30:00Z");          // twice: the first
    CHECK(time_in("Africa/Cairo", "2026-04-24") == "2026-04-23T22:00:00Z");  // begins at 01:00
}

TEST_CASE("days by name", "[time]") {
    CHECK(in_berlin("today") == "2026-11-17T23:00:00Z");
    CHECK(in_berlin("Yesterday") == "2026-11-16T23:00:00Z");
    CHECK(in_berlin("TOMORROW") == "2026-11-18T23:00:00Z");
    CHECK(in_berlin("tuesday") == "2026-11-16T23:00:00Z");
    CHECK(in_berlin("Wed") == "2026-11-17T23:00:00Z");
    CHECK(in_berlin("thu") == "2026-11-11T23:00:00Z");
    CHECK(in_berlin("sun") == "2026-11-14T23:00:00Z");
    CHECK(in_berlin("Monday") == "2026-11-15T23:00:00Z");
    CHECK(in_berlin("yesterday 07:00") == "2026-11-17T06:00:00Z");
    CHECK(in_berlin("Fri 07:30:15") == "2026-11-13T06:30:15Z");
    CHECK(time_in("Europe/Berlin", "yesterday 07:30", *parse_rfc3339("2026-10-26T06:30:00Z")) ==
          "2026-10-25T06:30:00Z");  // after the clock change, as today
    // The day is the zone's, not UTC's.
    const Instant late = *parse_rfc3339("2026-11-18T23:30:00Z");
    CHECK(time_in("Europe/Berlin", "today", late) == "2026-11-18T23:00:00Z");
    CHECK(time_in("UTC", "today", late) == "2026-11-18T00:00:00Z");
    CHECK(time_in("Europe/Berlin", "thu", late) == "2026-11-18T23:00:00Z");
    CHECK(time_in("Pacific/Auckland", "today", late) == "2026-11-18T11:00:00Z");
}

TEST_CASE("times counted from now take a day for 24 hours", "[time]") {
    CHECK(in_berlin("-2d") == "2026-11-16T11:00:00Z");
    CHECK(in_berlin("2 hours ago") == "2026-11-18T09:00:00Z");
    CHECK(in_berlin("90 minutes ago") == "2026-11-18T09:30:00Z");
    CHECK(in_berlin("1 Hour Ago") == "2026-11-18T10:00:00Z");
    CHECK(in_berlin("-1h30m") == "2026-11-18T09:30:00Z");
    CHECK(in_berlin("-1.5h") == "2026-11-18T09:30:00Z");
    CHECK(in_berlin("-1w") == "2026-11-11T11:00:00Z");
    CHECK(in_berlin("+30s") == "2026-11-18T11:00:30Z");
    CHECK(in_berlin("2 days ago") == "2026-11-16T11:00:00Z");
    // Across the clock change the wall clock reads another hour.
    const Instant monday = *parse_rfc3339("2026-10-26T11:00:00Z");
    CHECK(time_in("Europe/Berlin", "-2d", monday) == "2026-10-24T11:00:00Z");
}

TEST_CASE("what is no time is a usage error", "[time]") {
    CHECK(time_error("soon") == "not a time: \"soon\"");
    CHECK(time_error("yesterday 7") == "not a time: \"yesterday 7\"");
    CHECK(time_error("yesterday 07:60") == "not a time: \"yesterday 07:60\"");
    CHECK(time_error("2026-02-30") == "no such day: \"2026-02-30\"");
    CHECK(time_error("2026-02-30 10:00") == "no such day: \"2026-02-30\"");
    CHECK(time_error("2026-13") == "no such month: \"2026-13\"");
    CHECK(time_error("0000") == "no such year: \"0000\"");
    CHECK(time_error("2026-W00").starts_with("no such week"));
    CHECK(time_error("2025-W53").starts_with("no such week"));
    CHECK(time_error("-3000000d") == "not within the years 0001 to 9999: \"-3000000d\"");
    CHECK(time_error("@300000000000") == "not within the years 0001 to 9999: \"@300000000000\"");
    for (const char* text : {"",
                             " ",
                             "2d",
                             "ago",
                             " ago",
                             "2 ago",
                             "hours ago",
                             "-",
                             "+",
                             "--2d",
                             "-2d ago",
                             "-2",
                             "-2x",
                             "-2M",
                             "@",
                             "@x",
                             "@1.2.3",
                             "@--1",
                             "@99999999999999999999",
                             "2026-11-01 25:00",
                             "2026-11-01 10:60",
                             "2026-11-01 1:00",
                             "2026-11-01 10",
                             "2026-11-01  10:00",
                             "2026-1",
                             "2026-11-1",
                             "26-11-01",
                             "02:00",
                             "-2026",
                             "20261101",
                             "mond",
                             "2026-11-01Z",
                             "2026-11-01T10:00:00+25:00",
                             "2026-11-01 10:00:00:00",
                             "W47"}) {
        INFO(text);
        CHECK(time_error(text).starts_with("not a time: \""));
    }
    try {
        parse_time("2d", wednesday_noon(), Zone{});
    } catch (const UsageError& error) {
        CHECK(error.hint() == "that long before now is \"-2d\"");
    }
    try {
        parse_time("soon", wednesday_noon(), Zone{});
    } catch (const UsageError& error) {
        CHECK(error.hint() == "times are as in \"2026-11-01 02:00\", \"yesterday\" or \"-2d\"");
    }
}

TEST_CASE("periods are half-open spans of the local calendar", "[time]") {
    CHECK(period_in("UTC", "today") == "2026-11-18T00:00:00Z 2026-11-19T00:00:00Z");
    CHECK(period_in("UTC", "yesterday") == "2026-11-17T00:00:00Z 2026-11-18T00:00:00Z");
    CHECK(period_in("UTC", "this-week") == "2026-11-16T00:00:00Z 2026-11-23T00:00:00Z");
    CHECK(period_in("UTC", "last-week") == "2026-11-09T00:00:00Z 2026-11-16T00:00:00Z");
    CHECK(period_in("UTC", "this-month") == "2026-11-01T00:00:00Z 2026-12-01T00:00:00Z");
    CHECK(period_in("UTC", "Last Month") == "2026-10-01T00:00:00Z 2026-11-01T00:00:00Z");
    CHECK(period_in("UTC", "this-year") == "2026-01-01T00:00:00Z 2027-01-01T00:00:00Z");
    CHECK(period_in("UTC", "last-year") == "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z");
    CHECK(period_in("UTC", "2024") == "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z");
    CHECK(period_in("UTC", "2024-02") == "2024-02-01T00:00:00Z 2024-03-01T00:00:00Z");
    CHECK(period_in("UTC", "2024-12") == "2024-12-01T00:00:00Z 2025-01-01T00:00:00Z");
    CHECK(period_in("UTC", "2024-02-29") == "2024-02-29T00:00:00Z 2024-03-01T00:00:00Z");
    CHECK(period_in("Europe/Berlin", "last-month") == "2026-09-30T22:00:00Z 2026-10-31T23:00:00Z");
    const Instant sunday = *parse_rfc3339("2026-11-22T23:59:59Z");
    CHECK(period_in("UTC", "this-week", sunday) == "2026-11-16T00:00:00Z 2026-11-23T00:00:00Z");
    const Instant january = *parse_rfc3339("2026-01-31T12:00:00Z");
    CHECK(period_in("UTC", "last-month", january) == "2025-12-01T00:00:00Z 2026-01-01T00:00:00Z");
}

TEST_CASE("ISO weeks may begin in the year before and be 53", "[time]") {
    CHECK(period_in("UTC", "2026-W01") == "2025-12-29T00:00:00Z 2026-01-05T00:00:00Z");
    CHECK(period_in("UTC", "2026-w53") == "2026-12-28T00:00:00Z 2027-01-04T00:00:00Z");
    CHECK(period_in("UTC", "2020-W53") == "2020-12-28T00:00:00Z 2021-01-04T00:00:00Z");
    CHECK(period_in("UTC", "2021-W01") == "2021-01-04T00:00:00Z 2021-01-11T00:00:00Z");
    CHECK(period_in("UTC", "2024-W01") == "2024-01-01T00:00:00Z 2024-01-08T00:00:00Z");
}

TEST_CASE("local days have 23, 24 or 25 hours", "[time]") {
    CHECK(hours_of("Europe/Berlin", "2026-03-28") == 24);
    CHECK(hours_of("Europe/Berlin", "2026-03-29") == 23);
    CHECK(hours_of("Europe/Berlin", "2026-10-25") == 25);
    CHECK(hours_of("Europe/Berlin", "2026-W13") == 167);
    CHECK(hours_of("Europe/Berlin", "2026-W43") == 169);
    CHECK(hours_of("Africa/Cairo", "2026-04-24") == 23);
    CHECK(hours_of("America/Havana", "2025-11-02") == 25);
    CHECK(hours_of("Pacific/Apia", "2011-12-30") == 0);
    CHECK(hours_of("UTC", "2026-03-29") == 24);
}

TEST_CASE("what is no period is a usage error", "[time]") {
    for (const char* text : {"", "now", "tomorrow", "-2d", "this-day", "last", "2026 11", "week",
                             "2026-11-01 02:00", "last--week", "2026-11-01T00:00:00Z"}) {
        INFO(text);
        CHECK(period_error(text).starts_with("not a period: \""));
    }
    CHECK(period_error("2026-00").starts_with("no such month"));
}

TEST_CASE("periods that follow each other leave no gap", "[time]") {
    std::mt19937 random{20261104};
    for (const char* name : {"UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo",
                             "Pacific/Apia", "America/St_Johns", "Asia/Gaza"}) {
        const Zone zone = Zone::named(name);
        for (int i = 0; i < 2000; ++i) {
            const Instant now{std::chrono::seconds{random() % 2'000'000'000}};
            const TimeSpan today = parse_period("today", now, zone);
            const TimeSpan before = parse_period("yesterday", now, zone);
            if (before.until != today.since) FAIL(name << ' ' << format_utc(now));
            // Where the clock goes back over midnight a date is interrupted by the one before.
            if (std::string_view{name} != "America/St_Johns" && !today.contains(now))
                FAIL(name << ' ' << format_utc(now));
            if (parse_time("today", now, zone) != *today.since) FAIL(name);
            for (const char* period : {"this-week", "this-month", "this-year"}) {
                if (!parse_period(period, now, zone).contains(now) &&
                    std::string_view{name} != "America/St_Johns")
                    FAIL(name << ' ' << period << ' ' << format_utc(now));
            }
        }
    }
}

TEST_CASE("lengths of time", "[time]") {
    using std::chrono::hours;
    using std::chrono::minutes;
    using std::chrono::seconds;
    CHECK(parse_length("90s") == seconds{90});
    CHECK(parse_length("15m") == minutes{15});
    CHECK(parse_length("24h") == hours{24});
    CHECK(parse_length("7d") == hours{168});
    CHECK(parse_length("2w") == hours{336});
    CHECK(parse_length("1h30m") == minutes{90});
    CHECK(parse_length("1 Hour 30 MINUTES") == minutes{90});
    CHECK(parse_length("2 hours") == hours{2});
    CHECK(parse_length("1 day 12 hours") == hours{36});
    CHECK(parse_length("1.5h") == minutes{90});
    CHECK(parse_length("0.25s") == std::chrono::milliseconds{250});
    CHECK(parse_length("1.000001s") == std::chrono::microseconds{1000001});
    CHECK(parse_length("0s") == seconds{0});
    CHECK(parse_length("3660000d") == hours{24} * 3660000);
    for (const char* text :
         {"", "5", "s", "-5s", "5x", "5M", "5D", "5 5s", "1.s", ".5s", "1h-30m", "1e3s", "3660001d",
          "3660000d1s", "99999999999999999999s", "1,5h", "5µs"}) {
        INFO(text);
        CHECK(length_error(text) == "not a length of time: \"" + std::string{text} + "\"");
    }
}
