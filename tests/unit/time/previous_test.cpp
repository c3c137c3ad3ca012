#include "core/time/previous.hpp"

#include "core/base/error.hpp"
#include "core/time/expression.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"

namespace previous_test {

using namespace jobtally::time;

Instant utc(std::string_view text) {
    return *parse_rfc3339(text);
}

std::string text_of(const TimeSpan& span, const Zone& zone) {
    return format_local_rfc3339(*span.since, zone) + " " + format_local_rfc3339(*span.until, zone);
}

// What `--period PERIOD --compare previous` looks at.
std::string previous_of(const char* period, const char* now, const char* zone_name = "UTC") {
    const Zone zone = Zone::named(zone_name);
    const TimeSpan span = parse_period(period, utc(now), zone);
    return text_of(cut_at_same_point(previous_span(span, zone), span, utc(now), zone), zone);
}

TEST_CASE("a whole period is compared with the whole one before", "[time]") {
    CHECK(previous_of("2026-10", "2026-11-22T08:30:00Z") ==
          "2026-09-01T00:00:00Z 2026-10-01T00:00:00Z");
    CHECK(previous_of("2025", "2026-11-22T08:30:00Z") ==
          "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z");
    CHECK(previous_of("last-week", "2026-11-22T08:30:00Z") ==
          "2026-11-02T00:00:00Z 2026-11-09T00:00:00Z");
    CHECK(previous_of("yesterday", "2026-11-22T08:30:00Z") ==
          "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z");
}

TEST_CASE("a running period is compared up to the same point", "[time]") {
    CHECK(previous_of("this-month", "2026-11-22T08:30:00Z") ==
          "2026-10-01T00:00:00Z 2026-10-22T08:30:00Z");
    CHECK(previous_of("today", "2026-11-22T08:30:00Z") ==
          "2026-11-21T00:00:00Z 2026-11-21T08:30:00Z");
    // The 31st of March has no like in February.
    CHECK(previous_of("this-month", "2026-03-31T10:00:00Z") ==
          "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z");
}

TEST_CASE("the same point is one of the local clock", "[time]") {
    // The clock went back on 2026-10-25: 08:30 is 08:30 on both sides.
    CHECK(previous_of("this-week", "2026-10-27T07:30:00Z", "Europe/Paris") ==
          "2026-10-19T00:00:00+02:00 2026-10-20T08:30:00+02:00");
    CHECK(previous_of("2026-10-26", "2026-10-30T00:00:00Z", "Europe/Paris") ==
          "2026-10-25T00:00:00+02:00 2026-10-26T00:00:00+01:00");
}

TEST_CASE("other windows come after the same length", "[time]") {
    const TimeSpan span{utc("2026-11-21T08:30:00Z"), utc("2026-11-22T08:30:00Z")};
    CHECK(text_of(previous_span(span, Zone{}), Zone{}) ==
          "2026-11-20T08:30:00Z 2026-11-21T08:30:00Z");
}

TEST_CASE("a range is a period or two times", "[time]") {
    const auto now = utc("2026-11-22T08:30:00Z");
    CHECK(text_of(parse_range("2026-10", now, Zone{}), Zone{}) ==
          "2026-10-01T00:00:00Z 2026-11-01T00:00:00Z");
    CHECK(text_of(parse_range("2026-10-01..2026-10-03 12:00", now, Zone{}), Zone{}) ==
          "2026-10-01T00:00:00Z 2026-10-03T12:00:00Z");
    CHECK_THROWS_AS(parse_range("2026-10-02..2026-10-01", now, Zone{}), jobtally::UsageError);
    CHECK_THROWS_AS(parse_range("soon", now, Zone{}), jobtally::UsageError);
}

}  // namespace previous_test
