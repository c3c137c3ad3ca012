// Cron lines: fields, nicknames, the day rule, and changes of the clock. Expected times by
// crontab(5).
#include "core/time/cron.hpp"

#include "core/base/error.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"

#include <string>

namespace {

using namespace jobtally;

// The next `count` times after `from`, without their seconds.
std::string times_after(const std::string& line, const std::string& from, int count,
                        const time::Zone& zone = {}) {
    const auto cron = time::CronLine::parse(line);
    auto at = time::parse_rfc3339(from).value();
    std::string text;
    for (int i = 0; i < count; ++i) {
        at = cron.next_after(at, zone);
        text += (i > 0 ? " " : "") + time::format_utc(at).substr(5, 11);
    }
    return text;
}

}  // namespace

TEST_CASE("cron lines name times", "[time]") {
    CHECK(times_after("30 2 * * *", "2026-11-22T02:30:00Z", 2) == "11-23T02:30 11-24T02:30");
    CHECK(times_after("30 2 * * *", "2026-11-22T02:29:59Z", 1) == "11-22T02:30");
    CHECK(times_after("*/20 8-9 * * *", "2026-11-22T08:10:00Z", 6) ==
          "11-22T08:20 11-22T08:40 11-22T09:00 11-22T09:20 11-22T09:40 11-23T08:00");
    CHECK(times_after("0 6 * * mon-FRI", "2026-11-20T06:00:00Z", 2) == "11-23T06:00 11-24T06:00");
    CHECK(times_after("0 6 * * 7", "2026-11-21T06:00:00Z", 1) == "11-22T06:00");
    CHECK(times_after("0 6 * * 5-7", "2026-11-20T06:00:00Z", 3) ==
          "11-21T06:00 11-22T06:00 11-27T06:00");
    CHECK(times_after("5,35 0-23/12 1 JAN,jul *", "2026-02-01T00:00:00Z", 5) ==
          "07-01T00:05 07-01T00:35 07-01T12:05 07-01T12:35 01-01T00:05");
    CHECK(times_after("0 0 29 2 *", "2026-02-01T00:00:00Z", 1) == "02-29T00:00");
}

TEST_CASE("cron nicknames", "[time]") {
    CHECK(times_after("@daily", "2026-11-22T05:00:00Z", 1) == "11-23T00:00");
    CHECK(times_after(" @HOURLY ", "2026-11-22T05:00:00Z", 1) == "11-22T06:00");
    CHECK(times_after("@weekly", "2026-11-22T05:00:00Z", 1) == "11-29T00:00");
    CHECK(times_after("@monthly", "2026-11-22T05:00:00Z", 1) == "12-01T00:00");
    CHECK(times_after("@annually", "2026-11-22T05:00:00Z", 1) == "01-01T00:00");
}

TEST_CASE("of a restricted day and a restricted weekday either will do", "[time]") {
    // crontab(5): "30 4 1,15 * 5" is the 1st and 15th, and every Friday.
    CHECK(times_after("30 4 1,15 * 5", "2026-11-10T00:00:00Z", 4) ==
          "11-13T04:30 11-15T04:30 11-20T04:30 11-27T04:30");
    // A step over all counts as all: both must hold.
    CHECK(times_after("0 0 */2 * 1", "2026-11-10T00:00:00Z", 2) == "11-23T00:00 12-07T00:00");
}

TEST_CASE("cron lines move with the clock", "[time]") {
    const auto paris = time::Zone::named("Europe/Paris");  // back at 01:00Z on 2026-10-25
    CHECK(times_after("0 4 * * *", "2026-10-24T00:00:00Z", 3, paris) ==
          "10-24T02:00 10-25T03:00 10-26T03:00");
    // 02:30 occurs twice: once is enough. It is skipped on 2026-03-29: then at the change.
    CHECK(times_after("30 2 * * *", "2026-10-24T12:00:00Z", 2, paris) == "10-25T00:30 10-26T01:30");
    CHECK(times_after("30 2 * * *", "2026-03-28T12:00:00Z", 2, paris) == "03-29T01:00 03-30T00:30");
    // Every half an hour goes on through the hour that comes twice.
    CHECK(times_after("*/30 * * * *", "2026-10-25T00:00:00Z", 4, paris) ==
          "10-25T00:30 10-25T01:00 10-25T01:30 10-25T02:00");
    CHECK(times_after("15 * * * 1", "2026-10-25T22:30:00Z", 2, paris) == "10-25T23:15 10-26T00:15");
}

TEST_CASE("what is no cron line", "[time]") {
    const char* bad[] = {"",
                         "* * * *",
                         "* * * * * *",
                         "60 * * * *",
                         "* 24 * * *",
                         "* * 0 * *",
                         "* * 32 * *",
                         "* * * 13 *",
                         "* * * * 8",
                         "5/2 * * * *",
                         "3-1 * * * *",
                         "*/0 * * * *",
                         "1,,2 * * * *",
                         "a * * * *",
                         "@often",
                         "0 0 30 2 *",
                         "0 0 31 4,6 *",
                         "-1 * * * *"};
    for (const char* line : bad) {
        CAPTURE(line);
        CHECK_THROWS_AS(time::CronLine::parse(line), UsageError);
    }
}
