// Rhythms learned from small histories that can be checked by hand.
#include "core/rhythm/rhythm.hpp"

#include "core/rhythm/gaps.hpp"
#include "core/rhythm/lateness.hpp"
#include "core/rhythm/learned_schedule.hpp"
#include "core/time/expression.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace jobtally;
using query::Run;

time::Instant moment(const std::string& text) {
    return time::parse_rfc3339(text).value();
}

const time::Zone& paris() {
    static const auto zone = time::Zone::named("Europe/Paris");
    return zone;
}

Run run_at(time::Instant begun, time::Duration length) {
    return {time::micros(begun), time::micros(begun + length)};
}

Run moved(Run run, std::int64_t micros) {
    run.created_at += micros;
    run.updated_at += micros;
    return run;
}

// Runs at `time_of_day` on the clock of a zone, 3 to 5 seconds late, each a minute long.
std::vector<Run> runs_on(const std::string& first, int days, const std::string& time_of_day,
                         const time::Zone& zone, const std::string& weekdays = "0123456") {
    std::vector<Run> runs;
    const auto start = std::chrono::floor<std::chrono::days>(moment(first));
    for (int i = 0; i < days; ++i) {
        const auto day = start + std::chrono::days{i};
        const auto weekday = std::chrono::weekday{day}.iso_encoding() - 1;
        if (weekdays.find(static_cast<char>('0' + weekday)) == std::string::npos) continue;
        const auto date = time::format_utc(day).substr(0, 10);
        const auto run = time::parse_time(date + " " + time_of_day, start, zone) +
                         std::chrono::seconds(3 + i % 3);
        runs.push_back(run_at(run, std::chrono::minutes(1)));
    }
    return runs;
}

std::vector<Run> in_order(std::vector<Run> runs, const std::vector<Run>& more) {
    runs.insert(runs.end(), more.begin(), more.end());
    std::sort(runs.begin(), runs.end(),
              [](const Run& a, const Run& b) { return a.created_at < b.created_at; });
    return runs;
}

// `daily 02:30`, or `-`; and when the next report is due at the latest.
std::string learned(const std::vector<Run>& runs, const time::Zone& zone = {}) {
    const auto rhythm = rhythm::learn_stretches(runs, {}, zone).back().rhythm;
    return rhythm ? rhythm->schedule->text(zone) : "-";
}
std::string due(const std::vector<Run>& runs, const time::Zone& zone = {}) {
    const auto rhythm = rhythm::learn_stretches(runs, {}, zone).back().rhythm;
    if (!rhythm) return "-";
    const auto last = time::instant_from_micros(runs.back().created_at);
    return time::format_utc(rhythm->slot_after_run(last)).substr(0, 16);
}

}  // namespace

TEST_CASE("days are learned", "[rhythm]") {
    const auto runs = runs_on("2026-06-01T00:00:00Z", 14, "02:30", {});
    CHECK(learned(runs) == "daily 02:30");
    CHECK(due(runs) == "2026-06-15T02:30");
    const auto rhythm = rhythm::learn_stretches(runs, {}, {}).back().rhythm;
    CHECK(rhythm->typical_interval(moment("2026-06-14T02:30:00Z")) == std::chrono::hours(24));
    // A minute of duration, a few seconds of jitter, a hundredth of a day of room.
    CHECK(rhythm->late > std::chrono::minutes(14));
    CHECK(rhythm->late < std::chrono::minutes(17));
}

TEST_CASE("fewer than five runs are too few", "[rhythm]") {
    CHECK(learned(runs_on("2026-06-03T00:00:00Z", 4, "02:30", {})) == "-");
    CHECK(learned(runs_on("2026-06-03T00:00:00Z", 5, "02:30", {})) == "daily 02:30");
    CHECK(learned({}) == "-");
}

TEST_CASE("working days are learned, and the weekend is no gap", "[rhythm]") {
    const auto runs = runs_on("2026-06-01T00:00:00Z", 19, "06:00", {}, "01234");  // to a Friday
    CHECK(learned(runs) == "weekdays 06:00");
    CHECK(due(runs) == "2026-06-22T06:00");
    CHECK(learned(runs_on("2026-06-01T00:00:00Z", 30, "06:00", {}, "024")) == "Mon Wed Fri 06:00");
}

TEST_CASE("a first weekend is taken to be free, until it was not", "[rhythm]") {
    const auto runs = runs_on("2026-06-01T00:00:00Z", 5, "02:30", {});  // Monday to Friday
    CHECK(learned(runs) == "weekdays 02:30");
    CHECK(due(runs) == "2026-06-08T02:30");
    CHECK(learned(runs_on("2026-06-01T00:00:00Z", 6, "02:30", {})) == "daily 02:30");
}

TEST_CASE("a time of the day that never had a run is no time of the rhythm", "[rhythm]") {
    for (const auto& [days, last] :
         {std::pair{3, "2026-06-03"}, {4, "2026-06-04"}, {9, "2026-06-09"}}) {
        std::vector<Run> runs;
        for (const char* time_of_day : {"08:00", "12:00", "20:00"})
            runs = in_order(runs, runs_on("2026-06-01T00:00:00Z", days, time_of_day, {}));
        runs.pop_back();
        CHECK(due(runs) == std::string(last) + "T20:00");  // not 16:00
    }
}

TEST_CASE("a weekend that is free in part is known after the first", "[rhythm]") {
    const auto to_saturday = runs_on("2026-06-01T00:00:00Z", 13, "02:30", {}, "012345");
    CHECK(due(to_saturday) == "2026-06-15T02:30");
    const auto from_sunday = runs_on("2026-06-07T00:00:00Z", 12, "02:30", {}, "01236");
    CHECK(due(from_sunday) == "2026-06-21T02:30");
}

TEST_CASE("a job that stops, runs a few times and dies is still waited for", "[rhythm]") {
    std::vector<Run> runs;
    for (int hour = 0; hour < 300; ++hour) {
        const bool is_dead = hour > 200 && hour != 226 && (hour < 256 || hour > 258);
        if (is_dead) continue;
        const auto at = moment("2026-06-01T00:00:05Z") + std::chrono::hours(hour);
        runs.push_back(run_at(at, std::chrono::minutes(1)));
    }
    CHECK(learned(runs) == "every 1 h");
    CHECK(due(runs) == "2026-06-11T19:00");
}

TEST_CASE("a job that rests at noon is not waited for at noon", "[rhythm]") {
    for (const int step : {30, 60}) {
        std::vector<Run> runs;
        for (int minute = 8 * 60; minute < 18 * 60; minute += step) {
            if (minute / 60 == 12) continue;
            const auto at = std::to_string(100 + minute / 60).substr(1) + ":" +
                            std::to_string(100 + minute % 60).substr(1);
            runs = in_order(runs, runs_on("2026-06-01T00:00:00Z", 4, at, {}));
        }
        while (runs.back().created_at > time::micros(moment("2026-06-04T12:00:00Z")))
            runs.pop_back();
        CHECK(due(runs) == "2026-06-04T13:00");
    }
}

TEST_CASE("a weekend with a part of the times of other days is learned", "[rhythm]") {
    // From a Monday to the Saturday of the third week.
    auto runs = runs_on("2026-06-01T00:00:00Z", 20, "06:00", {});
    for (const char* time_of_day : {"12:00", "18:00"})
        runs = in_order(runs, runs_on("2026-06-01T00:00:00Z", 20, time_of_day, {}, "01234"));
    CHECK(learned(runs) ==
          "weekly Mon Tue Wed Thu Fri Sat Sun 06:00, weekdays 12:00, weekdays 18:00");
    CHECK(due(runs) == "2026-06-21T06:00");
    std::vector<Run> hourly;
    for (int hour = 8; hour < 18; ++hour) {
        const auto time_of_day = (hour < 10 ? "0" : "") + std::to_string(hour) + ":00";
        const char* weekdays = hour < 13 ? "012345" : "01234";
        hourly = in_order(hourly, runs_on("2026-06-01T00:00:00Z", 20, time_of_day, {}, weekdays));
    }
    CHECK(due(hourly) == "2026-06-22T08:00");
}

TEST_CASE("nights of working days are learned, though they end on the next day", "[rhythm]") {
    struct Night {
        std::string before, after;  // midnight
        std::string text;
    };
    for (const auto& [before, after, text] : {Night{"22:05", "02:05", "weekdays 22:05 02:05"},
                                              Night{"23:00", "05:00", "weekdays 23:00 05:00"},
                                              Night{"18:00", "06:00", "every 12 h, weekdays"}}) {
        const auto evenings = runs_on("2026-06-01T00:00:00Z", 26, before, {}, "01234");
        const auto mornings = runs_on("2026-06-01T00:00:00Z", 27, after, {}, "12345");
        const auto runs = in_order(evenings, mornings);  // to a Saturday
        CHECK(learned(runs) == text);
        CHECK(due(runs) == "2026-06-29T" + before);
    }
}

TEST_CASE("weeks and months are learned", "[rhythm]") {
    CHECK(learned(runs_on("2026-01-01T00:00:00Z", 80, "05:00", {}, "0")) == "weekly Mon 05:00");
    std::vector<Run> first, last;
    for (const char* month : {"01", "02", "03", "04", "05", "06", "07", "08"}) {
        const auto start = moment("2026-" + std::string(month) + "-01T04:00:00Z");
        first.push_back(run_at(start, time::Duration{1}));
        last.push_back(run_at(start - std::chrono::days(1), time::Duration{1}));
    }
    CHECK(learned(first) == "monthly 1st 04:00");
    CHECK(due(first) == "2026-09-01T04:00");
    CHECK(learned(last) == "monthly last day 04:00");
    CHECK(due(last) == "2026-08-31T04:00");
}

TEST_CASE("parts of a day are learned", "[rhythm]") {
    std::vector<Run> runs;
    for (int i = 0; i < 40; ++i) {
        const auto late = std::chrono::seconds(i % 4);
        runs.push_back(run_at(moment("2026-06-01T00:07:00Z") + std::chrono::minutes(15 * i) + late,
                              std::chrono::seconds(2)));
    }
    CHECK(learned(runs) == "every 15 min");
    CHECK(due(runs) == "2026-06-01T10:07");
    std::vector<Run> thrice;
    for (const char* time_of_day : {"08:00", "12:00", "18:30"}) {
        for (const auto& run : runs_on("2026-06-01T00:00:00Z", 6, time_of_day, {})) {
            thrice.push_back(run);
        }
    }
    std::sort(thrice.begin(), thrice.end(),
              [](const Run& a, const Run& b) { return a.created_at < b.created_at; });
    CHECK(learned(thrice) == "daily 08:00 12:00 18:30");
    CHECK(due(thrice) == "2026-06-07T08:00");
}

// `on` says on which days, given the day's date and its ISO weekday (1 is Monday).
template <class On>
std::vector<Run> runs_where(const std::string& first, int days, const std::string& time_of_day,
                            On on) {
    std::vector<Run> runs;
    for (const auto& run : runs_on(first, days, time_of_day, {})) {
        const auto day =
            std::chrono::floor<std::chrono::days>(time::instant_from_micros(run.created_at));
        const std::chrono::year_month_day date{day};
        const auto weekday = std::chrono::weekday{day}.iso_encoding();
        if (on(static_cast<unsigned>(date.day()), weekday)) runs.push_back(run);
    }
    return runs;
}

TEST_CASE("days of the month are counted from either end", "[rhythm]") {
    const auto tuesdays = runs_where("2026-01-01T00:00:00Z", 240, "09:00", [](auto day, auto on) {
        return on == 2 && (day - 1) / 7 % 2 == 1;
    });
    CHECK(learned(tuesdays) == "monthly 2nd Tue 09:00, 4th Tue 09:00");
    const auto last_friday = runs_where("2026-01-01T00:00:00Z", 365, "09:00",
                                        [](auto day, auto on) { return on == 5 && day > 24; });
    // Of January to December only those with 31 or 30 days have a Friday on the last seven.
    CHECK(learned(last_friday).starts_with("monthly last Fri"));
    // The first working day of 2026's months from January: 1 2 2 1 1 1 1 3 1 1 2 1.
    std::vector<Run> first;
    for (const char* day : {"2026-01-01", "2026-02-02", "2026-03-02", "2026-04-01", "2026-05-01",
                            "2026-06-01", "2026-07-01", "2026-08-03", "2026-09-01", "2026-10-01"}) {
        first.push_back(run_at(moment(std::string(day) + "T06:00:02Z"), std::chrono::minutes(1)));
    }
    CHECK(learned(first) == "monthly 1st working day 06:00");
    CHECK(due(first).starts_with("2026-11-02T06:00"));
}

TEST_CASE("times may differ by weekday and by minute of the hour", "[rhythm]") {
    const auto week = runs_on("2026-06-01T00:00:00Z", 28, "02:30", {}, "01234");
    const auto weekend = runs_on("2026-06-01T00:00:00Z", 28, "06:00", {}, "56");
    CHECK(learned(in_order(week, weekend)) == "weekly weekdays 02:30, Sat Sun 06:00");
    std::vector<Run> minutes;
    for (int hour = 0; hour < 20; ++hour) {
        for (const int minute : {3, 10, 47}) {
            minutes.push_back(run_at(moment("2026-06-01T00:00:00Z") + std::chrono::hours(hour) +
                                         std::chrono::minutes(minute),
                                     std::chrono::seconds(2)));
        }
    }
    CHECK(learned(minutes) == "every 1 h at :03 :10 :47");
}

TEST_CASE("the minutes of a fan-out are no minutes of the hour", "[rhythm]") {
    std::uint32_t draw = 5;
    const auto seconds = [&](std::uint32_t from, std::uint32_t to) {
        draw = draw * 1664525 + 1013904223;
        return std::chrono::seconds(from + (draw >> 8) % (to - from));
    };
    for (const int runs_a_time : {2, 3, 5}) {
        std::vector<Run> runs;
        for (int i = 0; i < 200; ++i) {
            auto begun = moment("2026-06-01T00:10:00Z") + std::chrono::hours(i) + seconds(0, 10);
            for (int run = 0; run < runs_a_time; ++run, begun += seconds(20, 60))
                runs.push_back(run_at(begun, std::chrono::minutes(1)));
            const bool is_long = i >= 10 && i % 9 == 0;
            if (is_long && runs.size() <= rhythm::runs_looked_at)
                CHECK(learned(runs) == "every 1 h");
        }
    }
    std::vector<Run> by_the_clock;
    for (int i = 0; i < 100; ++i) {
        const auto hour = moment("2026-06-01T00:00:00Z") + std::chrono::hours(i);
        for (const int minute : {0, 2})
            by_the_clock.push_back(
                run_at(hour + std::chrono::minutes(minute) + seconds(0, 10), {}));
    }
    CHECK(learned(by_the_clock) == "every 1 h at :00 :02");
}

TEST_CASE("a job that fans out has the rhythm of its first runs", "[rhythm]") {
    std::vector<Run> runs;
    for (const auto& run : runs_on("2026-06-01T00:00:00Z", 20, "02:30", {})) {
        for (int part = 0; part < 3; ++part) runs.push_back(moved(run, 40'000'000LL * part));
    }
    CHECK(learned(runs) == "daily 02:30");
    CHECK(due(runs) == "2026-06-21T02:30");
}

TEST_CASE("a schedule that has moved is followed from the second run on", "[rhythm]") {
    auto runs = runs_on("2026-06-01T00:00:00Z", 40, "02:30", {});
    runs.push_back(runs_on("2026-07-11T00:00:00Z", 1, "05:00", {}).front());
    CHECK(learned(runs) == "daily 02:30");
    runs.push_back(runs_on("2026-07-12T00:00:00Z", 1, "05:00", {}).front());
    CHECK(learned(runs) == "daily 05:00");
    const auto stretches = rhythm::learn_stretches(runs, {}, {});
    REQUIRE(stretches.size() == 2);
    CHECK(stretches[0].runs.size() == 40);
    CHECK(stretches[0].rhythm->schedule->text({}) == "daily 02:30");
}

TEST_CASE("times that a clock which nobody named moves by an hour are followed in two days",
          "[rhythm]") {
    // Paris turns its clock on on 2026-03-29, a Sunday, and nobody tries that clock here.
    struct Case {
        std::vector<std::string> times;
        std::string weekdays, due;
    };
    for (const auto& [times, weekdays, first] :
         {Case{{"00:05", "06:05", "12:05", "18:05"}, "01234", "2026-03-31T22:05"},
          Case{{"08:30", "09:30", "10:30", "11:30", "12:30"}, "0123456", "2026-04-01T06:30"},
          Case{{"08:30", "09:30", "10:30", "11:30", "12:30"}, "01234", "2026-04-01T06:30"}}) {
        std::vector<Run> runs;
        for (const auto& time_of_day : times) {
            const auto more = runs_on("2026-01-12T00:00:00Z", 79, time_of_day, paris(), weekdays);
            runs = in_order(runs, more);  // to March 31st
        }
        CHECK(due(runs) == first);
    }
}

TEST_CASE("what goes by the local clock moves with it", "[rhythm]") {
    // The clock is turned back on 2026-10-25 at 01:00Z. To tell the clocks apart, the history has
    // the change of March in it.
    const auto local = runs_on("2026-03-01T00:00:00Z", 238, "04:00", paris());  // to October 24th
    CHECK(learned(local, paris()) == "daily 04:00");
    CHECK(due(local, paris()) == "2026-10-25T03:00");
    const auto utc = runs_on("2026-03-01T00:00:00Z", 238, "04:00", {});
    CHECK(learned(utc, paris()) == "daily 04:00 UTC");
    CHECK(due(utc, paris()) == "2026-10-25T04:00");
}

TEST_CASE("where the history can't tell the clock the later slot counts", "[rhythm]") {
    const auto runs = runs_on("2026-10-05T00:00:00Z", 20, "04:00", {});  // to October 24th
    CHECK(due(runs, paris()) == "2026-10-25T05:00");
    const auto spring = runs_on("2026-03-09T00:00:00Z", 20, "04:00", {});  // to March 28th
    CHECK(due(spring, paris()) == "2026-03-29T04:00");
}

TEST_CASE("the first run after the clock was changed tells which clock rules", "[rhythm]") {
    // Each six hours by UTC, up to the run after 2026-10-25T01:00Z, up to a minute late.
    std::vector<Run> runs;
    const auto change = moment("2026-10-25T05:00:00Z");
    int number = 0;
    for (auto at = moment("2026-08-26T04:00:00Z"); at < change; at += std::chrono::hours(6)) {
        ++number;
        if (number == 54 || number == 165 || number == 225 || number == 236) continue;  // missed
        runs.push_back(run_at(at + std::chrono::seconds(number * (3 * number + 7) % 61),
                              std::chrono::minutes(2)));
    }
    CHECK(due(runs, paris()) == "2026-10-25T10:00");
}

TEST_CASE("what the clock leaves out in spring is not missed, and tells no other clock",
          "[rhythm]") {
    // Paris turns its clock on from 02:00 to 03:00 on 2026-03-29.
    std::vector<Run> runs;
    for (const char* time_of_day : {"01:10", "02:10", "03:10", "04:10"}) {
        runs = in_order(runs, runs_on("2026-02-01T00:00:00Z", 56, time_of_day, paris()));
    }
    for (const char* run : {"00:10:03", "01:10:03", "02:10:03"}) {  // 01:10, 03:10, 04:10
        runs.push_back(
            run_at(moment("2026-03-29T" + std::string(run) + "Z"), std::chrono::minutes(1)));
    }
    CHECK(learned(runs, paris()) == "daily 01:10 02:10 03:10 04:10");
    CHECK(due(runs, paris()) == "2026-03-29T23:10");
    // Where it can't be told which clock rules, either may.
    const auto once = runs_on("2026-02-01T00:00:00Z", 56, "02:10", paris());
    CHECK(due(once, paris()) == "2026-03-30T00:10");
}

TEST_CASE("a pause, missed runs and stray ones leave the rhythm as it is", "[rhythm]") {
    auto runs = runs_on("2026-06-01T00:00:00Z", 90, "02:30", {});
    runs.erase(runs.begin() + 50, runs.begin() + 80);
    runs.erase(runs.begin() + 20);
    runs.erase(runs.begin() + 9);
    runs.insert(runs.begin() + 31, moved(runs[30], 5 * rhythm::hour_micros));
    CHECK(learned(runs) == "daily 02:30");
    CHECK(due(runs) == "2026-08-30T02:30");
}

TEST_CASE("two holes within days leave the rhythm as it is", "[rhythm]") {
    auto runs = runs_on("2026-06-01T00:00:00Z", 100, "03:00", {});
    runs = in_order(runs, runs_on("2026-09-13T00:00:00Z", 3, "03:00", {}));    // after 4 days
    for (const auto& run : runs_on("2026-09-21T00:00:00Z", 4, "03:00", {})) {  // after 5
        runs.push_back(run);
        CHECK(learned(runs) == "daily 03:00");
    }
    std::vector<Run> often;  // a day amid six without
    for (const char* time : {"03:00", "09:00", "15:00", "21:00"}) {
        often = in_order(often, runs_on("2026-06-01T00:00:00Z", 60, time, {}));
        often = in_order(often, runs_on("2026-08-03T00:00:00Z", 1, time, {}));
        often = in_order(often, runs_on("2026-08-07T00:00:00Z", 1, time, {}));
    }
    CHECK(learned(often).ends_with("every 6 h"));
}

TEST_CASE("a group of runs that is missing once leaves the rhythm as it is", "[rhythm]") {
    // Monday to Thursday, six runs each; the group of Thursday, 2026-08-06, is missing.
    const auto missing = moment("2026-08-06T00:00:00Z");
    for (const int step : {7, 11, 13}) {
        std::vector<Run> runs;
        for (const auto& on_day : runs_on("2026-06-22T00:00:00Z", 53, "11:34", {}, "0123")) {
            const auto day =
                std::chrono::floor<std::chrono::days>(time::instant_from_micros(on_day.created_at));
            if (day == missing) continue;
            for (int k = 0; k < 6; ++k) {
                const int n = static_cast<int>(runs.size());
                const std::chrono::seconds late(300 * k + step * n % 20 + n * n % 3);
                const auto begun = day + std::chrono::minutes(11 * 60 + 34) + late;
                runs.push_back(run_at(begun, std::chrono::minutes(1)));
            }
            CAPTURE(step, time::format_utc(day));
            if (day > missing) CHECK(learned(runs).starts_with("Mon Tue Wed Thu 6 times a day"));
        }
    }
}

TEST_CASE("what is odd once does not add the weekend to a job of working days", "[rhythm]") {
    const auto add_day = [](std::vector<Run>& runs, const Run& on_day, int first, int last) {
        const auto day =
            std::chrono::floor<std::chrono::days>(time::instant_from_micros(on_day.created_at));
        for (int hour = first; hour <= last; ++hour) {
            const std::chrono::seconds late(static_cast<int>(runs.size()) * 7 % 5);
            runs.push_back(run_at(day + std::chrono::hours(hour) + std::chrono::minutes(51) + late,
                                  std::chrono::minutes(1)));
        }
    };
    // The first run of Monday, 2026-08-03, is 37 minutes late.
    std::vector<Run> office;
    for (const auto& on_day : runs_on("2026-02-02T00:00:00Z", 187, "00:00", {}, "01234")) {
        const auto first = office.size();
        add_day(office, on_day, 9, 16);
        const bool is_late =
            std::chrono::floor<std::chrono::days>(time::instant_from_micros(on_day.created_at)) ==
            moment("2026-08-03T00:00:00Z");
        if (is_late) office[first] = moved(office[first], 37LL * 60 * 1'000'000);
    }
    office.erase(office.begin(), office.end() - 400);
    CHECK(learned(office) == "weekdays 8 times a day, 09:51 to 16:51");
    // A week off, and back for one.
    auto daily = runs_on("2026-01-05T00:00:00Z", 180, "03:04", {}, "01234");
    for (const auto& run : runs_on("2026-07-13T00:00:00Z", 5, "03:04", {}, "01234")) {
        daily.push_back(run);
    }
    CHECK(learned(daily) == "weekdays 03:04");
}

TEST_CASE("a job that runs around the clock on working days rests at each weekend", "[rhythm]") {
    std::vector<Run> runs;
    for (const auto& on_day : runs_on("2026-02-02T00:00:00Z", 180, "00:00", {}, "01234")) {
        const auto day =
            std::chrono::floor<std::chrono::days>(time::instant_from_micros(on_day.created_at));
        for (int hour = 0; hour < 24; ++hour) {
            const auto late = std::chrono::seconds(runs.size() * runs.size() * 7919 % 61);
            runs.push_back(run_at(day + std::chrono::hours(hour) + std::chrono::minutes(17) + late,
                                  std::chrono::minutes(1)));
        }
        if (runs.size() < 600 || runs.size() % 120 != 0) continue;
        CAPTURE(time::format_utc(day));
        CHECK(learned({runs.end() - 400, runs.end()}) == "every 1 h, weekdays");
    }
}

TEST_CASE("a changed schedule is followed", "[rhythm]") {
    auto runs = runs_on("2026-06-01T00:00:00Z", 100, "02:30", {});
    for (const auto& run : runs_on("2026-09-09T00:00:00Z", 12, "16:00", {})) runs.push_back(run);
    CHECK(learned(runs) == "daily 16:00");
    CHECK(due(runs) == "2026-09-21T16:00");
    CHECK(rhythm::learn_stretches(runs, {}, {}).back().rhythm->late < std::chrono::minutes(17));
}

TEST_CASE("days that a daily job leaves out from some time on are no misses", "[rhythm]") {
    struct Change {
        std::string weekdays, text;
        int days;  // until it is followed
    };
    // 2026-06-01 and the hundredth day after it, 2026-09-07 (day 98), are Mondays.
    for (const auto& [weekdays, text, followed] :
         {Change{"01234", "weekdays 02:30", 21},
          Change{"012345", "Mon Tue Wed Thu Fri Sat 02:30", 28},
          Change{"0123", "Mon Tue Wed Thu 02:30", 21}}) {
        auto runs = runs_on("2026-06-01T00:00:00Z", 98, "02:30", {});
        for (const auto& run : runs_on("2026-09-07T00:00:00Z", 182, "02:30", {}, weekdays)) {
            runs.push_back(run);
            const auto last = moment("2026-09-07T00:00:00Z") + std::chrono::days(followed);
            const bool is_followed = time::instant_from_micros(run.created_at) >= last;
            if (is_followed && runs.size() % 4 == 0) CHECK(learned(runs) == text);
        }
    }
}

TEST_CASE("runs at even distances by hand, or of a job that fans out, are no schedule",
          "[rhythm]") {
    auto runs = runs_on("2026-06-01T00:00:00Z", 40, "02:30", {});
    const Run last = runs.back();
    for (int i = 1; i <= 6; ++i) {
        runs.push_back(moved(last, i * rhythm::hour_micros / 6));
        CHECK(learned(runs) == "daily 02:30");
    }
    for (int day = 1; day <= 3; ++day) {
        runs.push_back(moved(last, day * rhythm::day_micros));
        CHECK(learned(runs) == "daily 02:30");
    }
    std::vector<Run> fans;
    for (int i = 0; i < 3 * 20; ++i) {
        const auto begun = moment("2026-06-01T06:05:00Z") + std::chrono::hours(8 * i);
        for (int k = 0; k < 4; ++k) {
            const std::chrono::seconds late(60 * k + (i + k) % 5);
            fans.push_back(run_at(begun + late, std::chrono::minutes(1)));
            if (i >= 12 && i % 5 == 0) CHECK(learned(fans).find("every 8 h") != std::string::npos);
        }
    }
    struct Group {
        int runs, seconds_apart;
    };
    for (const auto& [count, apart] : {Group{4, 120}, {6, 60}, {6, 120}}) {
        std::vector<Run> twice;
        for (int i = 0; i < 2 * 20; ++i) {
            const auto begun = moment("2026-06-01T06:05:00Z") + std::chrono::hours(12 * i);
            for (int k = 0; k < count; ++k) {
                const std::chrono::seconds late(apart * k + (7 * i + 5 * k) % 20);
                twice.push_back(run_at(begun + late, std::chrono::minutes(1)));
            }
            if (i < 12) continue;
            const auto rhythm = learned(twice);
            CAPTURE(count, apart, i, rhythm);
            for (const char* text : {"364", "366", "726", " min", " s"})
                CHECK(rhythm.find(text) == std::string::npos);
        }
    }
}

TEST_CASE("a run by hand stands for the slot it comes after", "[rhythm]") {
    auto runs = runs_on("2026-06-01T00:00:00Z", 30, "02:30", {});
    runs.back() = moved(runs.back(), 6 * rhythm::hour_micros);  // 08:30 instead
    CHECK(due(runs) == "2026-07-01T02:30");
}

TEST_CASE("six runs that are a quarter of an hour late at most show their rhythm", "[rhythm]") {
    std::vector<Run> hourly, at_random;  // minutes past each hour, or past the first
    for (const int minute : {4, 17, 9, 12, 2, 15}) {
        const auto hour =
            moment("2026-06-01T06:00:00Z") + std::chrono::hours(static_cast<int>(hourly.size()));
        hourly.push_back(run_at(hour + std::chrono::minutes(minute), std::chrono::minutes(1)));
    }
    CHECK(learned(hourly).ends_with(" 1 h"));
    for (const int minute : {4, 57, 142, 155, 252, 345}) {
        const auto run = moment("2026-06-01T06:00:00Z") + std::chrono::minutes(minute);
        at_random.push_back(run_at(run, std::chrono::minutes(1)));
    }
    CHECK(learned(at_random) == "-");
}

TEST_CASE("without a rhythm there is none", "[rhythm]") {
    std::vector<Run> runs;
    std::uint64_t state = 7;
    std::int64_t now = time::micros(moment("2026-06-01T00:00:00Z"));
    for (int i = 0; i < 200; ++i) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        now += static_cast<std::int64_t>(state >> 33) % (20 * rhythm::hour_micros) + 1;
        runs.push_back({now, now + 1});
        CHECK(learned(runs) == "-");
    }
    const std::vector<Run> at_one_time(30, Run{now, now + 1});
    CHECK(learned(at_one_time) == "-");
}

TEST_CASE("a day that a month does not have is not missed in it", "[rhythm]") {
    const auto due_in_february = [](const std::vector<std::string>& days) {
        std::vector<Run> runs;
        for (auto on = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1};
             on < moment("2027-02-01T00:00:00Z"); on += std::chrono::days{1}) {
            const auto day = time::format_utc(on).substr(8, 2);
            if (std::find(days.begin(), days.end(), day) != days.end())
                runs.push_back(run_at(on + std::chrono::hours(5), std::chrono::minutes(1)));
        }
        return due(runs).substr(5, 5);
    };
    CHECK(due_in_february({"29"}) == "03-29");
    CHECK(due_in_february({"30"}) == "03-30");
    CHECK(due_in_february({"31"}) == "03-31");
    CHECK(due_in_february({"01", "31"}) == "02-01");
    CHECK(due_in_february({"15", "30"}) == "02-15");
}

TEST_CASE("slots are numbered through", "[rhythm]") {
    const rhythm::LearnedSchedule rhythm(
        rhythm::ClockSlots{rhythm::day_micros, {6 * rhythm::hour_micros, 18 * rhythm::hour_micros}},
        {});
    const auto placed_at = [&](const char* text) {
        const std::int64_t at = time::micros(moment(text));
        return rhythm.place(at, at);
    };
    const auto place = placed_at("2026-06-02T23:59:00Z");
    CHECK(time::format_utc(rhythm.time_of(place.slot)) == "2026-06-02T18:00:00Z");
    CHECK(time::format_utc(rhythm.time_of(place.slot + 1)) == "2026-06-03T06:00:00Z");
    CHECK(placed_at("2026-06-03T00:01:00Z").slot == place.slot + 1);
    CHECK(placed_at("1960-02-29T17:00:00Z").residual == -rhythm::hour_micros);
    CHECK(rhythm.slot_after(moment("1960-02-29T18:00:00Z")) == moment("1960-03-01T06:00:00Z"));
}

namespace {

// Each `step` hours a run of six minutes; that of 05:00, or of 06:00, takes `slow` hours. Those
// that have ended by then are known, but for the run of `without`.
std::vector<Run> with_a_slow_one(int step, int slow, const std::string& now,
                                 const std::string& without = {}) {
    std::vector<Run> runs;
    for (auto at = moment("2026-06-01T00:00:05Z"); at < moment(now);
         at += std::chrono::hours(step)) {
        const auto text = time::format_utc(at);
        const bool is_slow = text.substr(11, 2) == (step == 1 ? "05" : "06");
        const auto run = run_at(at, std::chrono::minutes(is_slow ? slow * 60 : 6));
        if (run.ended_at() < time::micros(moment(now)) && text.substr(0, 13) != without)
            runs.push_back(run);
    }
    return runs;
}

rhythm::MissedOptions at(const std::string& now) {
    rhythm::MissedOptions options;
    options.now = moment(now);
    return options;
}
std::vector<rhythm::Gap> gaps_at(const std::string& now, const std::vector<Run>& runs) {
    const auto said = rhythm::expectation_of(runs, {}, nullptr, at(now), {});
    return rhythm::gaps_of(runs, {}, said, false, at(now), {});
}

}  // namespace

TEST_CASE("a run that still goes on is not missed when a later one has ended", "[rhythm]") {
    for (const auto& [step, slow] : {std::pair{1, 3}, {6, 9}}) {
        const std::string now = step == 1 ? "2026-06-13T07:30:00Z" : "2026-06-13T13:00:00Z";
        const std::string then = step == 1 ? "2026-06-13T08:30:00Z" : "2026-06-13T16:00:00Z";
        const std::string slot = step == 1 ? "2026-06-13T05" : "2026-06-13T06";
        CHECK(gaps_at(now, with_a_slow_one(step, slow, now)).empty());
        CHECK(gaps_at(now, with_a_slow_one(step, slow, now, slot)).empty());
        CHECK(gaps_at(then, with_a_slow_one(step, slow, then, slot)).size() == 1);
    }
}

TEST_CASE("a hole in which a slow run was due is over once", "[rhythm]") {
    const auto without_a_night = [](const std::string& now) {
        auto runs = with_a_slow_one(1, 3, now);
        std::erase_if(runs, [](const Run& run) {
            return run.created_at > time::micros(moment("2026-06-13T01:30:00Z")) &&
                   run.created_at < time::micros(moment("2026-06-13T06:30:00Z"));
        });
        return gaps_at(now, runs);
    };
    for (const auto& [now, missed] :
         {std::pair{"2026-06-13T07:30:00Z", 4}, {"2026-06-14T07:30:00Z", 5}}) {
        const auto gaps = without_a_night(now);
        REQUIRE(gaps.size() == 1);
        CHECK(gaps[0].missed_runs == missed);
        CHECK(gaps[0].known_over == moment("2026-06-13T07:06:05Z"));
    }
}

TEST_CASE("a run that is slow at one time is slow there when the clock was changed", "[rhythm]") {
    constexpr std::int64_t hour = 3600 * 1'000'000LL;
    const auto berlin = time::Zone::named("Europe/Berlin");
    const auto newest = time::micros(moment("2026-03-28T06:00:00Z"));
    for (const bool is_local : {true, false}) {
        std::vector<rhythm::Reported> reports;
        for (int i = 0; i < 400; ++i) {
            const std::int64_t slot = newest - i * hour;
            const bool is_slow = slot / hour % 24 == (is_local ? 2 : 3);  // 03:00 there, and here
            reports.push_back({slot, is_slow ? 5 * hour : hour / 60});
        }
        rhythm::SlowSlots slow;
        slow.learn(reports, std::chrono::minutes(2), std::chrono::minutes(1), berlin);
        const auto* after =
            slow.at(moment(is_local ? "2026-03-30T01:00:00Z" : "2026-03-30T03:00:00Z"));
        REQUIRE(after != nullptr);
        CHECK(after->late > std::chrono::hours(5));
        CHECK(slow.at(moment("2026-03-30T06:00:00Z")) == nullptr);
    }
}

TEST_CASE("a run that is slow at one time each day is waited for there alone", "[rhythm]") {
    const auto due_at = [](const std::string& now) {
        const auto runs = with_a_slow_one(1, 3, now);
        const auto said = rhythm::expectation_of(runs, {}, nullptr, at(now), {});
        return time::format_utc(*said.expected_by).substr(0, 16);
    };
    CHECK(due_at("2026-06-13T04:30:00Z") == "2026-06-13T06:06");  // that of 06:00 comes sooner
    CHECK(due_at("2026-06-13T07:30:00Z") == "2026-06-13T08:06");
    const auto learned_from =
        rhythm::learn_stretches(with_a_slow_one(1, 3, "2026-06-13T09:00:00Z"), {}, {})
            .back()
            .rhythm;
    CHECK(learned_from->late_at(moment("2026-06-14T05:00:05Z")) > std::chrono::hours(3));
    CHECK(learned_from->late_at(moment("2026-06-14T06:00:05Z")) < std::chrono::minutes(8));
}
