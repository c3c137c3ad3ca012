// Jobs that run every few minutes, and rest at night or at the weekend: histories of weeks, of
// which the newest few hundred runs tell no week.
#include "core/rhythm/rests.hpp"

#include "core/query/run_minutes.hpp"
#include "core/rhythm/expectation.hpp"
#include "core/rhythm/gaps.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace jobtally;
using query::Run;
using query_test::instant;
using std::chrono::minutes;

const time::Zone& in_paris() {
    static const auto zone = time::Zone::named("Europe/Paris");
    return zone;
}

// Every `step` minutes where `runs_at(weekday, minute)` has it, by what the clock of `zone` shows;
// 0 is Monday. 2 to 4 seconds late, each 20 seconds long.
template <class RunsAt>
std::vector<Run> often(const std::string& first, const std::string& end, int step, RunsAt runs_at,
                       const time::Zone& zone = {}) {
    std::vector<Run> runs;
    int i = 0;
    for (auto at = instant(first); at < instant(end); at += minutes(step)) {
        const auto wall = zone.to_local(at);
        const auto day = std::chrono::floor<std::chrono::days>(wall);
        const auto weekday = std::chrono::weekday{day}.iso_encoding() - 1;
        if (!runs_at(static_cast<int>(weekday),
                     static_cast<int>(std::chrono::floor<minutes>(wall - day).count()))) {
            continue;
        }
        const std::int64_t begun = time::micros(at + std::chrono::seconds(2 + i++ % 3));
        runs.push_back({begun, begun + 20 * rhythm::second_micros});
    }
    return runs;
}

bool office(int weekday, int minute) {
    return weekday < 5 && minute >= 8 * 60 && minute <= 18 * 60;
}
bool working_day(int weekday, int) {
    return weekday < 5;
}
bool rarely_at_weekends(int weekday, int minute) {
    return weekday < 5 || minute % 120 == 0;
}

// Each run `count` times, 60 to 179 seconds apart.
std::vector<Run> fanned_out(const std::vector<Run>& runs, int count) {
    std::vector<Run> fans;
    std::int64_t draw = 1;
    for (Run run : runs) {
        for (int i = 0; i < count; ++i) {
            fans.push_back(run);
            draw = draw * 48271 % 2147483647;
            const std::int64_t apart = (60 + draw % 120) * rhythm::second_micros;
            run.created_at += apart, run.updated_at += apart;
        }
    }
    return fans;
}

rhythm::Expectation expected(const std::vector<Run>& runs, const std::string& now,
                             const time::Zone& zone = {}, std::vector<time::TimeSpan> down = {}) {
    rhythm::MissedOptions options;
    options.now = instant(now);
    options.down = std::move(down);
    const auto newest = std::span(runs).last(std::min(runs.size(), rhythm::runs_looked_at));
    const auto past_minutes = query::minutes_of(runs);
    const auto long_runs = query::long_runs_of(runs, query::long_by(newest));
    return rhythm::expectation_of(newest, {past_minutes, long_runs}, nullptr, options, zone);
}
// `on-time weekdays every 5 min, by 2026-06-29T08:00`
std::string judged(const std::vector<Run>& runs, const std::string& now,
                   const time::Zone& zone = {}, const std::vector<time::TimeSpan>& down = {}) {
    const auto said = expected(runs, now, zone, down);
    if (!said.rhythm) return std::string(name_of(said.state));
    return fmt::format("{} {}, by {}", name_of(said.state), said.rhythm->schedule->text(zone),
                       time::format_utc(*said.expected_by).substr(0, 16));
}

}  // namespace

TEST_CASE("a rest at the weekend is seen where the newest runs have had none", "[rhythm]") {
    // From Monday, May 25th, to a Friday evening: the newest 400 runs begin on Wednesday.
    const auto runs = often("2026-05-25T00:00:00Z", "2026-06-27T00:00:00Z", 10, working_day);
    CHECK(judged(runs, "2026-06-27T12:00:00Z") ==
          "on-time every 10 min, weekdays, by 2026-06-29T00:00");
    CHECK(judged(runs, "2026-06-29T00:01:00Z").starts_with("late"));
    CHECK(judged(runs, "2026-06-29T00:12:00Z").starts_with("missed"));
}

TEST_CASE("a job that fans out rests when its first runs do", "[rhythm]") {
    const auto by_day = often("2026-05-25T00:00:00Z", "2026-06-27T00:00:00Z", 30, office);
    const auto all_day = often("2026-05-25T00:00:00Z", "2026-06-27T00:00:00Z", 60, working_day);
    const auto morning = [](int weekday, int minute) {
        return weekday < 6 && minute >= 9 * 60 && minute < 14 * 60;
    };
    const auto early = often("2026-05-25T00:00:00Z", "2026-06-27T00:00:00Z", 60, morning);
    for (const int count : {2, 3, 5}) {
        CHECK(judged(fanned_out(by_day, count), "2026-06-27T12:00:00Z") ==
              "on-time weekdays 21 times a day, 08:00 to 18:00, by 2026-06-29T08:00");
        CHECK(judged(fanned_out(all_day, count), "2026-06-27T12:00:00Z") ==
              "on-time every 1 h, weekdays, by 2026-06-29T00:01");
        CHECK(judged(fanned_out(early, count), "2026-06-27T08:00:00Z") ==
              "on-time Mon Tue Wed Thu Fri Sat 5 times a day, 09:00 to 13:00, by 2026-06-27T09:01");
    }
}

TEST_CASE("of the first weekend a job may work on the Saturday alone", "[rhythm]") {
    const auto but_sunday = [](int weekday, int) { return weekday < 6; };
    const auto runs = often("2026-06-01T00:00:00Z", "2026-06-14T00:00:00Z", 15, but_sunday);
    CHECK(judged(runs, "2026-06-14T12:00:00Z").starts_with("on-time"));
}

TEST_CASE("rests at night and at the weekend are seen together", "[rhythm]") {
    const auto runs = often("2026-05-25T00:00:00Z", "2026-06-27T00:00:00Z", 5, office);
    const std::string until_monday =
        "on-time weekdays 121 times a day, 08:00 to 18:00, by 2026-06-29T08:00";
    CHECK(judged(runs, "2026-06-26T18:30:00Z") == until_monday);
    CHECK(judged(runs, "2026-06-28T12:00:00Z") == until_monday);
    CHECK(judged(runs, "2026-06-29T08:01:00Z").starts_with("late"));
    // On Monday morning the newest runs are of three days, and of two weeks.
    const auto more = often("2026-05-25T00:00:00Z", "2026-06-29T08:57:00Z", 5, office);
    CHECK(judged(more, "2026-06-29T08:58:00Z").ends_with("by 2026-06-29T09:00"));
    CHECK(judged(more, "2026-06-29T09:01:00Z").starts_with("late"));
}

TEST_CASE("nights are seen within a week, and the first weekend is taken to be free", "[rhythm]") {
    const auto runs = often("2026-05-25T00:00:00Z", "2026-05-30T00:00:00Z", 5, office);
    CHECK(judged(runs, "2026-05-30T12:00:00Z") ==
          "on-time weekdays 121 times a day, 08:00 to 18:00, by 2026-06-01T08:00");
    const auto always = often("2026-05-25T00:00:00Z", "2026-05-30T00:00:00Z", 5, working_day);
    CHECK(judged(always, "2026-05-30T12:00:00Z").starts_with("missed every 5 min,"));
}

TEST_CASE("slots that are rare at weekends are seen", "[rhythm]") {
    const auto runs = often("2026-05-25T00:00:00Z", "2026-06-27T12:03:00Z", 10, rarely_at_weekends);
    CHECK(judged(runs, "2026-06-27T13:55:00Z") == "on-time 744 times a week, by 2026-06-27T14:00");
    CHECK(judged(runs, "2026-06-27T14:05:00Z").starts_with("late"));
    // On Sunday evening the newest runs are two hours apart, and those of Monday are not.
    const auto more = often("2026-05-25T00:00:00Z", "2026-06-29T00:03:00Z", 10, rarely_at_weekends);
    CHECK(judged(more, "2026-06-29T00:09:00Z") == "on-time 744 times a week, by 2026-06-29T00:10");
    CHECK(judged(more, "2026-06-29T00:11:00Z").starts_with("late"));
}

TEST_CASE("an outage of a day is no rest", "[rhythm]") {
    auto runs = often("2026-05-25T00:00:00Z", "2026-06-26T10:02:00Z", 10, office);
    std::erase_if(runs, [](const Run& run) {  // a Thursday
        return run.created_at >= time::micros(instant("2026-06-18T00:00:00Z")) &&
               run.created_at < time::micros(instant("2026-06-19T00:00:00Z"));
    });
    std::vector<Run> before = runs;
    std::erase_if(before, [](const Run& run) {
        return run.created_at >= time::micros(instant("2026-06-25T00:00:00Z"));
    });
    CHECK(judged(before, "2026-06-25T07:00:00Z").ends_with("by 2026-06-25T08:00"));
    CHECK(judged(before, "2026-06-25T08:12:00Z").starts_with("missed"));
    CHECK(judged(runs, "2026-06-26T10:20:00Z").starts_with("late"));
}

TEST_CASE("what was due in hours that its own absence makes a rest was missed", "[rhythm]") {
    auto runs =
        often("2026-03-30T00:07:00Z", "2026-05-09T07:30:00Z", 15, [](int, int) { return true; });
    for (const char* friday : {"2026-05-01", "2026-05-08"}) {
        const auto from = instant(friday + std::string("T20:00:00Z"));
        std::erase_if(runs, [&](const Run& run) {
            return run.created_at >= time::micros(from) &&
                   run.created_at < time::micros(from + std::chrono::hours(3));
        });
    }
    const auto said = expected(runs, "2026-05-09T07:30:00Z");
    CHECK(said.rhythm->schedule->text({}) == "660 times a week");  // but in the three hours
    rhythm::MissedOptions options;
    options.now = instant("2026-05-09T07:30:00Z");
    const auto gaps = rhythm::gaps_of(runs, {query::minutes_of(runs)}, said, false, options, {});
    REQUIRE(gaps.size() == 2);
    for (const auto& gap : gaps) CHECK(gap.missed_runs == 12);
    CHECK(time::format_utc(gaps[1].due).starts_with("2026-05-08T20:07"));
}

TEST_CASE("rests go by the local clock where it was changed", "[rhythm]") {
    // Paris turned its clock on March 29th.
    const auto runs = often("2026-03-09T00:00:00Z", "2026-04-07T00:00:00Z", 10, office, in_paris());
    CHECK(judged(runs, "2026-04-07T03:00:00Z", in_paris()) ==
          "on-time weekdays 61 times a day, 08:00 to 18:00, by 2026-04-07T06:00");
    const auto utc = often("2026-03-09T00:00:00Z", "2026-04-07T00:00:00Z", 10, office);
    CHECK(judged(utc, "2026-04-07T03:00:00Z", in_paris()) ==
          "on-time weekdays 61 times a day, 08:00 to 18:00 UTC, by 2026-04-07T08:00");
}

TEST_CASE("a job that came to run at night counts as one that does", "[rhythm]") {
    auto runs = often("2026-05-25T00:00:00Z", "2026-06-22T00:00:00Z", 10, office);
    for (const auto& run : often("2026-06-22T00:00:00Z", "2026-06-25T03:02:00Z", 10, working_day)) {
        runs.push_back(run);
    }
    CHECK(judged(runs, "2026-06-25T03:25:00Z").starts_with("missed every 10 min"));
}

TEST_CASE("the store tells the minutes of the definitions that run often", "[rhythm]") {
    std::vector<query_test::Made> reports;
    const auto add = [&](const std::string& definition, const std::vector<Run>& runs) {
        for (const Run& run : runs) {
            const auto time = [](std::int64_t micros) {
                return time::format_utc(time::instant_from_micros(micros));
            };
            reports.push_back({fmt::format("{}-{}", definition, run.created_at), "SUCCESS",
                               time(run.created_at), time(run.updated_at), definition, definition});
        }
    };
    const auto often_run = often("2026-05-25T00:00:00Z", "2026-06-27T00:00:00Z", 30, working_day);
    const auto daily = often("2026-05-25T00:00:00Z", "2026-06-27T00:00:00Z", 24 * 60, working_day);
    add("often", often_run);
    add("daily", daily);
    const auto store = query_test::store_of(reports);
    const query::Scope scope(store, {});
    rhythm::MissedOptions options;
    options.now = instant("2026-06-28T12:00:00Z");
    for (const auto& row : rhythm::missed(scope, options).rows) {
        CHECK(row.state == rhythm::Punctuality::on_time);
        const auto* text = row.id == "often" ? "every 30 min, weekdays" : "weekdays 00:00";
        CHECK(row.rhythm == text);
    }
    // Of all weeks, the first ones too, a weekend is no gap.
    for (const auto& row : rhythm::gaps(scope, options).gaps) {
        CHECK(fmt::format("{} from {} to {}", row.id, time::format_utc(row.gap.from),
                          row.gap.to ? time::format_utc(*row.gap.to) : "-") == "");
    }
    const auto history = query::RunHistory::newest(scope, options.now, rhythm::runs_looked_at);
    const query::RunMinutes minutes(scope, history,
                                    {options.now - std::chrono::days(10), options.now}, 200);
    for (const std::size_t key : history.definitions()) {
        const auto found = minutes.of(key);
        const bool is_often = history.reports(key) > 100;
        // From June 18th 12:00 on it is 6 working days and a half.
        CHECK(found.size() == (is_often ? 24U + 48 * 6 : 0U));
        if (is_often) CHECK(found == query::minutes_of(history.of(key).last(found.size())));
    }
}

TEST_CASE("a run that takes long each week is waited for by a job that runs often", "[rhythm]") {
    auto runs =
        often("2026-05-25T00:00:00Z", "2026-06-28T12:00:00Z", 20, [](int, int) { return true; });
    std::int64_t draw = 1;
    for (Run& run : runs) {
        draw = draw * 48271 % 2147483647;
        run.created_at += draw % 7 * rhythm::second_micros;
    }
    const auto at = [&](time::Instant since) {
        return std::find_if(runs.begin(), runs.end(),
                            [&](const Run& run) { return run.created_at >= time::micros(since); });
    };
    const auto of_sunday = instant("2026-05-31T03:00:00Z");
    for (int week = 0; week < 4; ++week) {
        Run& slow = *at(of_sunday + std::chrono::days(7 * week));
        slow.updated_at = slow.created_at + (7 * 60 + week) * 60 * rhythm::second_micros;
    }
    runs.erase(at(of_sunday + std::chrono::days(28)));
    const auto missed_by = [&](const std::string& now) {
        const std::vector<Run> known(runs.begin(), at(instant(now)));
        rhythm::MissedOptions options;
        options.now = instant(now);
        const auto past_minutes = query::minutes_of(known);
        const auto long_runs = query::long_runs_of(known, query::long_by(known));
        return rhythm::gaps_of(known, {past_minutes, long_runs}, expected(known, now), false,
                               options, {})
            .size();
    };
    CHECK(missed_by("2026-06-28T07:30:00Z") == 0);
    CHECK(missed_by("2026-06-28T11:00:00Z") == 1);
}

TEST_CASE("hours in which no listener was up are no rests", "[rhythm]") {
    // From 01:00 to 04:00 in ten nights.
    std::vector<time::TimeSpan> down;
    for (int night = 0; night < 10; ++night) {
        const auto at = instant("2026-06-17T00:59:00Z") + std::chrono::days(night);
        down.push_back({at, at + minutes(180)});
    }
    const auto is_lost = [&](const Run& run) {
        return std::any_of(down.begin(), down.end(), [&](const auto& span) {
            return span.contains(time::instant_from_micros(run.ended_at()));
        });
    };
    const auto seen_from = [&](const char* first, int step) {
        auto runs = often(first, "2026-06-27T00:50:00Z", step, [](int, int) { return true; });
        std::erase_if(runs, is_lost);
        return judged(runs, "2026-06-27T00:52:00Z", {}, down);
    };
    CHECK(seen_from("2026-05-17T00:00:00Z", 15) == "on-time every 15 min, by 2026-06-27T01:00");
    CHECK(seen_from("2026-05-17T00:00:00Z", 60) == "on-time every 1 h, by 2026-06-27T01:01");
    // Nor where there never was a run in them.
    CHECK(seen_from("2026-06-22T12:00:00Z", 60) == "on-time every 1 h, by 2026-06-27T01:01");
}

TEST_CASE("what is known in spite of a downtime tells of rests", "[rhythm]") {
    const auto runs = often("2026-05-25T00:00:00Z", "2026-06-27T00:00:00Z", 5, office);
    const std::vector<time::TimeSpan> down{
        {instant("2026-05-27T09:00:00Z"), instant("2026-06-26T12:00:00Z")}};
    CHECK(judged(runs, "2026-06-28T12:00:00Z", {}, down).ends_with("by 2026-06-29T08:00"));
}
