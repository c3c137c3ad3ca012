// States, the listener's downtime, configured schedules, and past gaps.
#include "core/rhythm/missed.hpp"

#include "core/rhythm/downtime.hpp"
#include "core/rhythm/expectation.hpp"
#include "core/rhythm/gaps.hpp"
#include "core/rhythm/schedule.hpp"
#include "core/store/upkeep/uptime.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <fmt/format.h>

namespace {

using namespace jobtally;
using query_test::cell;
using query_test::down;
using query_test::instant;
using query_test::Made;

// Daily at 02:30 UTC for `days` days from November 1st on, each run half a minute long.
std::vector<Made> daily(int days, const std::string& definition = "d", int missing = 0) {
    std::vector<Made> reports;
    for (int day = 1; day <= days; ++day) {
        if (day == missing) continue;
        const auto time = [&](const char* clock) {
            return fmt::format("2026-11-{:02}T{}Z", day, clock);
        };
        reports.push_back({fmt::format("{}-{}", definition, day), "SUCCESS", time("02:30:02"),
                           time("02:30:32"), definition, "name of " + definition});
    }
    return reports;
}

rhythm::MissedOptions judged_at(const std::string& now) {
    rhythm::MissedOptions options;
    options.now = instant(now);
    return options;
}

table::ResultTable missed_of(const std::vector<Made>& reports,
                             const rhythm::MissedOptions& options) {
    const auto store = query_test::store_of(reports);
    return rhythm::missed_table(rhythm::missed(query::Scope(store, {}), options));
}

std::string state_at(const std::vector<Made>& reports, const std::string& now) {
    return down(missed_of(reports, judged_at(now)), "state");
}

}  // namespace

TEST_CASE("missed has the contract's keys in its order", "[rhythm]") {
    CHECK(query_test::keys(missed_of({}, judged_at("2026-11-21T00:00:00Z")))
              .starts_with("definition_id definition_name type reports typical_interval_seconds "
                           "last_created_at expected_by overdue_seconds state"));
}

TEST_CASE("a report is on time, then late, then missed", "[rhythm]") {
    const auto reports = daily(20);
    const auto table = missed_of(reports, judged_at("2026-11-21T02:31:00Z"));
    CHECK(cell(table, 0, "state") == "on-time");
    CHECK(cell(table, 0, "typical_interval_seconds") == "86400");
    CHECK(cell(table, 0, "last_created_at") == "2026-11-20T02:30:02Z");
    CHECK(cell(table, 0, "rhythm") == "daily 02:30");
    // 02:30:02, half a minute of duration, a hundredth of a day
    CHECK(cell(table, 0, "expected_by") == "2026-11-21T02:44:56Z");
    CHECK(cell(table, 0, "overdue_seconds") == "");
    CHECK(state_at(reports, "2026-11-21T02:44:56Z") == "on-time");
    CHECK(state_at(reports, "2026-11-21T02:44:57Z") == "late");
    CHECK(state_at(reports, "2026-11-22T02:44:55Z") == "late");
    CHECK(state_at(reports, "2026-11-22T02:44:56Z") == "missed");
    CHECK(cell(missed_of(reports, judged_at("2026-11-22T02:44:56Z")), 0, "overdue_seconds") ==
          "86400");
}

TEST_CASE("reports of later than now are not looked at", "[rhythm]") {
    CHECK(state_at(daily(20), "2026-11-10T12:00:00Z") == "on-time");
    CHECK(cell(missed_of(daily(20), judged_at("2026-11-10T12:00:00Z")), 0, "reports") == "10");
    CHECK(state_at(daily(20), "2026-11-03T12:00:00Z") == "too-few");
    CHECK(state_at(daily(20), "2026-10-31T12:00:00Z") == "");
}

TEST_CASE("what runs for too long is stuck", "[rhythm]") {
    auto reports = daily(20);
    reports.push_back({"r", "RUNNING", "2026-11-21T02:30:02Z", "2026-11-21T02:30:03Z", "d", "D"});
    // The longest of its runs took 30 s, so 10 minutes more are allowed.
    CHECK(state_at(reports, "2026-11-21T02:40:32Z") == "on-time");
    CHECK(state_at(reports, "2026-11-21T02:40:33Z") == "stuck");
    CHECK(state_at(reports, "2026-11-25T02:40:32Z") == "stuck");
    // A later run does not settle it within a week.
    reports.push_back({"n", "SUCCESS", "2026-11-22T02:30:02Z", "2026-11-22T02:30:09Z", "d", "D"});
    CHECK(state_at(reports, "2026-11-22T12:00:00Z") == "stuck");
    CHECK(state_at(reports, "2026-11-25T12:00:00Z") == "missed");
    CHECK(state_at({{"1", "RUNNING", "2026-11-01T00:00:00Z", "", "d", "D"}},
                   "2026-11-20T00:00:00Z") == "too-few");
}

TEST_CASE("the most urgent come first, and are counted", "[rhythm]") {
    std::vector<Made> reports;
    const auto add = [&](const std::vector<Made>& more) {
        reports.insert(reports.end(), more.begin(), more.end());
    };
    add(daily(20, "fine"));
    add(daily(19, "late"));
    add(daily(10, "worst"));
    add(daily(15, "bad"));
    add(daily(2, "new"));
    for (int i = 0; i < 8; ++i) {
        reports.push_back({fmt::format("x{}", i), "SUCCESS",
                           fmt::format("2026-11-{:02}T{:02}:{:02}:00Z", 1 + i * i / 4,
                                       i * i * 5 % 24, i * i * 37 % 60),
                           "", "odd", "odd"});
    }
    reports.push_back({"without", "SUCCESS", "2026-11-01T00:00:00Z"});
    const auto store = query_test::store_of(reports);
    const auto answer = rhythm::missed(query::Scope(store, {}), judged_at("2026-11-20T12:00:00Z"));
    const auto table = rhythm::missed_table(answer);
    CHECK(down(table, "definition_id") == "worst bad late fine odd new");
    CHECK(down(table, "state") == "missed missed late on-time irregular too-few");
    CHECK(answer.of(rhythm::Punctuality::missed) == 2);
    CHECK(answer.problems() == 3);
    CHECK(query_test::total(table, "state") == "missed");
    CHECK(query_test::total(table, "reports") == "74");
}

TEST_CASE("what was due while we were down is not held against a definition", "[rhythm]") {
    auto options = judged_at("2026-11-21T12:00:00Z");
    const auto down_from = [&](const char* from, const char* to) {
        options.down = {{instant(from), instant(to)}};
        const auto table = missed_of(daily(20), options);
        return cell(table, 0, "state") + " " + cell(table, 0, "expected_by").substr(5, 11) + " " +
               cell(table, 0, "listener_down_seconds");
    };
    CHECK(down_from("2026-11-20T03:00:00Z", "2026-11-20T09:00:00Z") == "late 11-21T02:44 ");
    CHECK(down_from("2026-11-21T02:00:00Z", "2026-11-21T03:00:00Z") == "on-time 11-22T02:44 3600");
    // Still down; and down only after the report should have come.
    CHECK(down_from("2026-11-21T02:00:00Z", "2026-11-21T12:00:00Z") == "on-time 11-22T02:44 36000");
    CHECK(down_from("2026-11-21T02:40:00Z", "2026-11-21T12:00:00Z") == "late 11-21T02:44 33600");
    // Down for one of several slots: the next one counts.
    options.now = instant("2026-11-24T12:00:00Z");
    CHECK(down_from("2026-11-21T02:00:00Z", "2026-11-22T12:00:00Z") == "missed 11-23T02:44 122400");
}

TEST_CASE("a schedule that was given rules", "[rhythm]") {
    auto options = judged_at("2026-11-20T12:00:00Z");
    const auto configure = [&](std::shared_ptr<const rhythm::Schedule> schedule,
                               std::optional<time::Duration> grace) {
        options.configured["name of d"] = {std::move(schedule), grace};
        const auto table = missed_of(daily(20), options);
        return cell(table, 0, "state") + " " + cell(table, 0, "expected_by") + " " +
               cell(table, 0, "rhythm");
    };
    const auto every = std::make_shared<rhythm::EverySchedule>(std::chrono::hours(8), "8h");
    CHECK(configure(every, std::chrono::hours(1)) == "late 2026-11-20T11:30:02Z every 8h");
    const auto cron = std::make_shared<rhythm::CronSchedule>(time::CronLine::parse("0 5 * * *"),
                                                             time::Zone::named("Europe/Paris"));
    CHECK(configure(cron, std::chrono::minutes(30)) ==
          "late 2026-11-20T04:30:00Z cron 0 5 * * * Europe/Paris");
    // Without a grace an hour, which is less than a tenth of a day, and the 30 s that runs take.
    CHECK(configure(cron, std::nullopt) == "late 2026-11-20T05:00:30Z cron 0 5 * * * Europe/Paris");
    options.configured["d"] = {every, std::chrono::hours(10)};
    CHECK(cell(missed_of(daily(1), options), 0, "state") == "missed");  // the id comes first
}

TEST_CASE("past gaps", "[rhythm]") {
    auto reports = daily(20, "d", 8);
    auto options = judged_at("2026-11-22T12:00:00Z");
    options.down = {{instant("2026-11-21T01:00:00Z"), instant("2026-11-21T04:00:00Z")}};
    const auto store = query_test::store_of(reports);
    const auto gaps_in = [&](const query::Selection& selection) {
        return rhythm::gaps_table(rhythm::gaps(query::Scope(store, selection), options));
    };
    const auto table = gaps_in({});
    REQUIRE(table.rows.size() == 2);
    CHECK(cell(table, 0, "gap_from") == "2026-11-07T02:30:02Z");
    CHECK(cell(table, 0, "gap_to") == "2026-11-09T02:30:02Z");
    CHECK(cell(table, 0, "gap_seconds") == "172800");
    CHECK(down(table, "missed_runs") == "1 2");
    CHECK(down(table, "lost_runs") == "0 1");
    CHECK(down(table, "listener_down_seconds") == "0 10800");
    CHECK(cell(table, 1, "gap_to") == "");
    query::Selection late;
    late.span.since = instant("2026-11-10T00:00:00Z");
    CHECK(gaps_in(late).rows.size() == 1);
}

TEST_CASE("missed runs of a job that counts from its last run are rounded", "[rhythm]") {
    using namespace std::chrono_literals;
    // 45 to 50 minutes apart, but for one time.
    const auto gaps_with = [](time::Duration longest) {
        std::vector<Made> reports;
        auto at = instant("2026-11-01T00:00:00Z");
        for (int i = 0; i < 60; ++i) {
            const auto created = time::format_utc(at);
            reports.push_back({fmt::format("{}", i), "SUCCESS", created, created, "d", "D"});
            at += i == 40 ? longest : 45min + i * i * i % 281 * 1s;
        }
        const auto store = query_test::store_of(reports);
        const auto gaps = rhythm::gaps(query::Scope(store, {}), judged_at(reports.back().created));
        return down(rhythm::gaps_table(gaps), "missed_runs");
    };
    CHECK(gaps_with(67min).empty());  // late by less than half of an interval
    CHECK(gaps_with(91min) == "1");
    CHECK(gaps_with(97min) == "1");
    CHECK(gaps_with(139min) == "2");
}

TEST_CASE("a job without a run for 28 days and five intervals has ended", "[rhythm]") {
    // 20 daily runs from 1 November on; the last is of the 20th at 02:30.
    const auto reports = daily(20);
    CHECK(state_at(reports, "2026-12-18T02:29:00Z") == "missed");
    CHECK(state_at(reports, "2026-12-18T02:31:00Z") == "ended");
}

TEST_CASE("downtime lies between the spans of listeners", "[rhythm]") {
    auto store = store::Store::in_memory();
    const auto downtimes = [&](const char* now) {
        std::string text;
        for (const auto& span : rhythm::downtimes(store, instant(query_test::whole_time(now)))) {
            text += fmt::format("{}-{} ", time::format_utc(*span.since).substr(11, 5),
                                time::format_utc(*span.until).substr(11, 5));
        }
        return text;
    };
    const auto begin = [&](const char* from) {
        return store::begin_uptime(store, instant(query_test::whole_time(from)),
                                   std::chrono::seconds(1));
    };
    const auto end = [&](store::UptimeKey key, const char* to, bool ended) {
        const auto write = ended ? store::end_uptime : store::mark_alive;
        write(store, key, instant(query_test::whole_time(to)), std::chrono::seconds(1));
    };
    const auto up = [&](const char* from, const char* to, bool ended) {
        end(begin(from), to, ended);
    };
    CHECK(downtimes("12:00:00") == "");
    up("01:00:00", "02:00:00", true);
    const auto longer = begin("02:30:00");
    up("03:00:00", "03:30:00", true);
    end(longer, "04:00:00", false);
    up("05:00:00", "06:00:00", false);
    CHECK(downtimes("06:02:00") == "02:00-02:30 04:00-05:00 ");
    CHECK(downtimes("06:10:00") == "02:00-02:30 04:00-05:00 06:00-06:10 ");
    CHECK(downtimes("05:30:00") == "02:00-02:30 04:00-05:00 ");
    CHECK(downtimes("02:10:00") == "02:00-02:10 ");
    CHECK(downtimes("00:30:00") == "");
    // What came since by another way says that not only listeners bring reports, but of old
    // history.
    query_test::put(store, {{"0", "SUCCESS", "05:59:00", "", "d", "D"}}, "2026-11-02T06:30:00Z");
    CHECK(downtimes("08:00:00") == "02:00-02:30 04:00-05:00 06:00-08:00 ");
    query_test::put(store, {{"1", "SUCCESS", "07:00:00", "", "d", "D"}}, "2026-11-02T07:00:00Z");
    CHECK(downtimes("08:00:00") == "02:00-02:30 04:00-05:00 ");
    // One that starts beside it and ends at once, as where its port is taken.
    up("11:58:00", "11:59:00", false);
    up("11:59:30", "11:59:31", true);
    CHECK_FALSE(downtimes("12:01:00").ends_with("-12:01 "));
    CHECK(downtimes("12:02:01").ends_with("11:59-12:02 "));
}

TEST_CASE("what came while the clock was ahead hides no downtime", "[rhythm]") {
    auto store = store::Store::in_memory();
    const auto at = [](const char* text) { return instant(text); };
    const auto key = store::begin_uptime(store, at("2026-11-02T01:00:00Z"), {});
    query_test::put(store, {{"1", "SUCCESS", "01:00:00", "", "d", "D"}}, "2026-11-02T02:00:00Z");
    store::mark_alive(store, key, at("2026-11-02T01:01:00Z"), {});
    const auto down = rhythm::downtimes(store, at("2026-11-03T00:00:00Z"));
    REQUIRE(down.size() == 1);
    CHECK(*down[0].since == at("2026-11-02T01:01:00Z"));
}

TEST_CASE("downtime puts off when a definition has ended, and only that before it", "[rhythm]") {
    using namespace std::chrono_literals;
    const auto last = instant("2026-10-11T02:00:00Z");
    rhythm::MissedOptions options = judged_at("2026-11-20T00:00:00Z");
    CHECK(rhythm::ended_at(last, 24h, options) == instant("2026-11-08T02:00:00Z"));
    // An hour before that is made up for, within the next downtime, which is made up for as well;
    // what comes then changes nothing any more.
    options.down = {{instant("2026-11-07T01:30:00Z"), instant("2026-11-07T02:30:00Z")},
                    {instant("2026-11-08T02:30:00Z"), instant("2026-11-08T03:30:00Z")},
                    {instant("2026-11-09T02:00:00Z"), instant("2026-11-09T03:00:00Z")}};
    CHECK(rhythm::ended_at(last, 24h, options) == instant("2026-11-08T04:00:00Z"));
    options.now = instant("2026-11-08T03:59:00Z");
    CHECK_FALSE(rhythm::ended_at(last, 24h, options));
}
