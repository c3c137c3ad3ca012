// The metrics of `check`, their states, and when a probe speaks of a change.
#include "core/probe/check.hpp"

#include "core/base/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <fmt/format.h>

namespace {

using namespace jobtally;
using probe::Threshold;
using query_test::instant;
using query_test::Made;
using table::ProbeState;

probe::CheckOptions options(std::string_view metric, bool by_definition = false) {
    probe::CheckOptions options;
    options.metric = &probe::check_metric_named(metric);
    options.by_definition = by_definition;
    options.expected.now = instant("2026-11-02T12:00:00Z");
    options.expected.objectives.general = 0.99;
    return options;
}

table::Probe probe_of(const store::Store& store, const probe::CheckOptions& options,
                      const query::Selection& selection = {}) {
    return probe::check(query::Scope(store, selection), options);
}

// `a: 2 of 3 jobs failed`, one after the other; values as machines read them.
std::string said(const table::Probe& probe) {
    std::string text;
    for (const auto& item : probe.items) {
        if (!text.empty()) text += "; ";
        if (!item.definition.empty()) text += render::machine_text(item.definition[0]) + ": ";
        text += render::machine_text(item.value) + " " + item.phrase;
    }
    return text;
}

// d-1: S F F; d-2: S S with failed records; d-3: only RUNNING; d-4: only F; and one of nobody.
store::Store sample() {
    return query_test::store_of({{"1", "SUCCESS", "01:00:00", "01:00:10", "d-1", "A", 10, 10, 0},
                                 {"2", "FAILURE", "02:00:00", "02:00:20", "d-1", "A", 0, 0, 0},
                                 {"3", "FAILURE", "03:00:00", "03:00:30", "d-1", "A", 0, 0, 0},
                                 {"4", "SUCCESS", "04:00:00", "04:01:00", "d-2", "B", 100, 99, 1},
                                 {"5", "SUCCESS", "05:00:00", "05:02:00", "d-2", "B", 100, 98, 2},
                                 {"6", "RUNNING", "06:00:00", "", "d-3", "C"},
                                 {"7", "FAILURE", "07:00:00", "07:00:01", "d-4", "D"},
                                 {"8", "SUCCESS", "08:00:00", "08:00:02"}});
}

store::ProbeRecord record(std::string state, std::string_view since) {
    return {std::move(state), instant(since), {}, 0};
}

}  // namespace

TEST_CASE("every metric has its value of everything", "[probe]") {
    const auto store = sample();
    CHECK(said(probe_of(store, options("job-success-rate"))) ==
          "0.5714285714285714 of 7 jobs succeeded");
    CHECK(said(probe_of(store, options("operation-success-rate"))) ==
          "0.9857142857142858 of 210 records succeeded");
    CHECK(said(probe_of(store, options("failed"))) == "3 of 7 jobs failed");
    CHECK(said(probe_of(store, options("failure-streak"))) == "2 failures in a row of \"A\"");
    CHECK(said(probe_of(store, options("age"))) == "14400 since the last success");
    CHECK(said(probe_of(store, options("p95"))) == "120 is the 95th percentile of 7 jobs");
    CHECK(said(probe_of(store, options("rejected"))) == "0 bodies rejected");
}

TEST_CASE("a metric by definition has the worst first and no definition without jobs", "[probe]") {
    const auto store = sample();
    CHECK(said(probe_of(store, options("job-success-rate", true))) ==
          "d-4: 0 of 1 job succeeded; d-1: 0.3333333333333333 of 3 jobs succeeded; "
          ": 1 of 1 job succeeded; d-2: 1 of 2 jobs succeeded");
    CHECK(said(probe_of(store, options("operation-success-rate", true))) ==
          "d-2: 0.985 of 200 records succeeded; d-1: 1 of 10 records succeeded");
    CHECK(said(probe_of(store, options("failed", true))) ==
          "d-1: 2 of 3 jobs failed; d-4: 1 of 1 job failed; : 0 of 1 job failed; "
          "d-2: 0 of 2 jobs failed");
    CHECK(said(probe_of(store, options("failure-streak", true))) ==
          "d-1: 2 failures in a row; d-4: 1 failure in a row; : 0 failures in a row; "
          "d-2: 0 failures in a row");
    CHECK(said(probe_of(store, options("age", true))) ==
          "d-4:  no success among 1 job; d-1: 39600 since the last success; "
          "d-2: 25200 since the last success; : 14400 since the last success");
    CHECK(said(probe_of(store, options("p95", true))) ==
          "d-2: 120 is the 95th percentile of 2 jobs; d-1: 30 is the 95th percentile of 3 jobs; "
          ": 2 is the 95th percentile of 1 job; d-4: 1 is the 95th percentile of 1 job");
    CHECK_THROWS_AS(probe_of(store, options("rejected", true)), UsageError);
}

TEST_CASE("the worst value's state is the state", "[probe]") {
    const auto store = sample();
    auto asked = options("failed", true);
    CHECK(probe_of(store, asked).state == ProbeState::ok);  // no thresholds, no alarm
    asked.warning = Threshold::parse("0", probe::Unit::count);
    CHECK(probe_of(store, asked).state == ProbeState::warning);
    asked.critical = Threshold::parse("1", probe::Unit::count);
    const auto probe = probe_of(store, asked);
    CHECK(probe.state == ProbeState::critical);
    CHECK(probe.items[0].state == ProbeState::critical);
    CHECK(probe.items[1].state == ProbeState::warning);
    CHECK(probe.items[2].state == ProbeState::ok);
    CHECK(probe.warning == "0");
    CHECK(probe.critical == "1");
}

TEST_CASE("a state of badness comes before a bad value", "[probe]") {
    const auto store = sample();
    auto asked = options("age", true);
    asked.critical = Threshold::parse("@6h:8h", probe::Unit::seconds);
    CHECK(said(probe_of(store, asked)).starts_with("d-2: 25200"));
}

TEST_CASE("shares are held against thresholds without a double's errors", "[probe]") {
    std::vector<Made> reports;
    for (int i = 0; i < 100; ++i) {
        const auto id = "x" + std::to_string(i);
        reports.push_back({id, i < 29 ? "SUCCESS" : "FAILURE", "01:00:00"});
    }
    const auto store = query_test::store_of(reports);
    auto asked = options("job-success-rate");
    asked.critical = Threshold::parse("29:", probe::Unit::per_cent);  // 0.29 * 100 < 29
    CHECK(probe_of(store, asked).state == ProbeState::ok);
    asked.critical = Threshold::parse("29.0001:", probe::Unit::per_cent);
    CHECK(probe_of(store, asked).state == ProbeState::critical);
}

TEST_CASE("a definition that never succeeded is older than any threshold", "[probe]") {
    const auto store = sample();
    auto asked = options("age", true);
    asked.critical = Threshold::parse("1000d", probe::Unit::seconds);
    const auto probe = probe_of(store, asked);
    CHECK(probe.state == ProbeState::critical);
    CHECK(probe.items[0].state == ProbeState::critical);
    CHECK(probe.items[1].state == ProbeState::ok);
}

TEST_CASE("a success of the future is not of a negative age", "[probe]") {
    const auto store = query_test::store_of({{"a", "SUCCESS", "13:00:00"}});
    auto asked = options("age");
    asked.critical = Threshold::parse("2h", probe::Unit::seconds);
    const auto probe = probe_of(store, asked);
    CHECK(probe.state == ProbeState::ok);
    CHECK(said(probe) == "0 since the last success");
}

TEST_CASE("nothing to judge is an answer of its own", "[probe]") {
    const auto empty = store::Store::in_memory();
    for (const auto& metric : probe::check_metrics()) {
        CAPTURE(metric.name);
        auto asked = options(metric.name);
        asked.when = "in the last 24h";
        const auto probe = probe_of(empty, asked);
        if (metric.name == "rejected") {
            CHECK(probe.state == ProbeState::ok);
            continue;
        }
        CHECK(probe.state == ProbeState::unknown);
        CHECK(probe.remarks ==
              std::vector<std::string>{"no " + std::string(metric.subject) + " in the last 24h"});
        asked.no_data = ProbeState::ok;
        CHECK(probe_of(empty, asked).state == ProbeState::ok);
    }
    const auto running = query_test::store_of({{"a", "RUNNING", "01:00:00"}});
    CHECK(probe_of(running, options("failed")).state == ProbeState::unknown);
    CHECK(probe_of(running, options("age", true)).state == ProbeState::unknown);
}

TEST_CASE("values of too few runs are left out", "[probe]") {
    const auto store = sample();
    auto asked = options("failed", true);
    asked.min_runs = 2;
    CHECK(said(probe_of(store, asked)) == "d-1: 2 of 3 jobs failed; d-2: 0 of 2 jobs failed");
    asked.min_runs = 4;
    auto probe = probe_of(store, asked);
    CHECK(probe.state == ProbeState::unknown);
    CHECK(probe.remarks.front() == "not enough data: no definition has 4 finished jobs");
    asked.by_definition = false;
    CHECK(said(probe_of(store, asked)) == "3 of 7 jobs failed");
    asked.min_runs = 8;
    probe = probe_of(store, asked);
    CHECK(probe.items.empty());
    CHECK(probe.remarks.front() == "not enough data: 7 of the 8 finished jobs asked for");
    auto rejected = options("rejected");
    rejected.min_runs = 5;
    CHECK(probe_of(store, rejected).state == ProbeState::ok);
}

TEST_CASE("a pattern that matches no definition is never OK", "[probe]") {
    const auto store = sample();
    query::Selection selection;
    selection.definitions = {"d-2", "gone", "!also gone"};
    auto asked = options("failed");
    auto probe = probe_of(store, asked, selection);
    CHECK(probe.state == ProbeState::unknown);
    CHECK(said(probe) == "0 of 2 jobs failed");
    CHECK(probe.remarks == std::vector<std::string>{"no definition matches \"gone\""});
    selection.definitions = {"d-1", "gone"};
    asked.critical = Threshold::parse("0", probe::Unit::count);
    CHECK(probe_of(store, asked, selection).state == ProbeState::critical);
}

TEST_CASE("a metric that does not exist is refused with those that do", "[probe]") {
    try {
        probe::check_metric_named("uptime");
        FAIL("nothing was thrown");
    } catch (const UsageError& error) {
        CHECK(error.hint().find("job-success-rate, ") != std::string::npos);
    }
}

TEST_CASE("a probe speaks when its state changes", "[probe]") {
    const auto now = instant("2026-11-02T12:00:00Z");
    const auto ok = record("OK", "2026-11-01T00:00:00Z");
    // The first time, it was OK before.
    auto step = probe::probe_step({}, ProbeState::ok, 1, now);
    CHECK_FALSE(step.changed);
    CHECK(step.record == record("OK", "2026-11-02T12:00:00Z"));
    step = probe::probe_step({}, ProbeState::critical, 1, now);
    CHECK(step.changed);
    CHECK(step.record == record("CRITICAL", "2026-11-02T12:00:00Z"));
    // Later.
    step = probe::probe_step(ok, ProbeState::ok, 1, now);
    CHECK_FALSE(step.changed);
    CHECK_FALSE(step.record);
    step = probe::probe_step(ok, ProbeState::unknown, 1, now);
    CHECK(step.changed);
    CHECK(step.record == record("UNKNOWN", "2026-11-02T12:00:00Z"));
    step = probe::probe_step(record("CRITICAL", "2026-11-01T00:00:00Z"), ProbeState::ok, 1, now);
    CHECK(step.changed);
    CHECK(step.record == record("OK", "2026-11-02T12:00:00Z"));
}

TEST_CASE("a state is confirmed by runs in a row", "[probe]") {
    const auto now = instant("2026-11-02T12:00:00Z");
    std::optional<store::ProbeRecord> said;
    std::string spoken;
    // c: CRITICAL, w: WARNING, o: OK; three in a row are news.
    for (const char seen : std::string("oocco"
                                       "cwc"
                                       "ccc"
                                       "occ"
                                       "ooo")) {
        const auto state = seen == 'o'   ? ProbeState::ok
                           : seen == 'w' ? ProbeState::warning
                                         : ProbeState::critical;
        const auto step = probe::probe_step(said, state, 3, now);
        if (step.record) said = step.record;
        spoken += step.changed ? seen : '.';
    }
    CHECK(spoken ==
          "....."
          "..."
          ".c."
          "..."
          "..o");
}

namespace {

query::Selection ended_within(const char* since, const char* until) {
    query::Selection selection;
    selection.at = store::WhichTime::updated;
    selection.span = {instant(since), instant(until)};
    return selection;
}

// d-1 each night at 02:00 of October, for 20 minutes; d-2 now and then, last in October, failing.
store::Store nightly(bool with_last = true) {
    std::vector<Made> reports;
    for (int day = 1; day <= 31 + (with_last ? 2 : 1); ++day) {
        const auto date = day <= 31 ? "2026-10-" + std::to_string(100 + day).substr(1)
                                    : "2026-11-0" + std::to_string(day - 31);
        reports.push_back({"n" + date, day % 9 == 0 ? "FAILURE" : "SUCCESS", date + "T02:00:00Z",
                           date + "T02:20:00Z", "d-1", "Nightly", 10, 10, 0});
    }
    for (const char* day : {"03", "04", "17", "29"}) {
        const auto date = std::string("2026-10-") + day;
        reports.push_back({"o" + date, "FAILURE", date + "T11:00:00Z", date + "T11:00:09Z", "d-2",
                           "Odd", 10, 10, 0});
    }
    return query_test::store_of(reports);
}

}  // namespace

TEST_CASE("where no job ended in the window, the last one stands", "[probe]") {
    const auto store = nightly();
    auto asked = options("failed");
    asked.critical = Threshold::parse("0", probe::Unit::count);
    asked.when = "in the last 1h";
    const auto inside = ended_within("2026-11-02T02:00:00Z", "2026-11-02T03:00:00Z");
    const auto after = ended_within("2026-11-02T11:00:00Z", "2026-11-02T12:00:00Z");
    CHECK(probe_of(store, asked, inside).state == ProbeState::ok);
    CHECK(probe_of(store, asked, inside).remarks.empty());
    const auto quiet = probe_of(store, asked, after);
    CHECK(quiet.state == ProbeState::ok);
    CHECK(said(quiet) == "0 of 1 job failed");
    CHECK(quiet.when.empty());
    CHECK(quiet.remarks ==
          std::vector<std::string>{"no run in the last 1h, the last: 2026-11-02 02:00"});
    asked.last_known_stands = false;
    CHECK(probe_of(store, asked, after).state == ProbeState::unknown);
    asked.last_known_stands = true;
    asked.min_runs = 2;
    CHECK(probe_of(store, asked, after).state == ProbeState::unknown);
}

TEST_CASE("a failure stands until the next run, each definition by itself", "[probe]") {
    auto asked = options("failed", true);
    asked.critical = Threshold::parse("0", probe::Unit::count);
    const auto after = ended_within("2026-11-02T11:00:00Z", "2026-11-02T12:00:00Z");
    CHECK(said(probe_of(nightly(), asked, after)) ==
          "d-2: 1 of 1 job failed, last run 2026-10-29 11:00; "
          "d-1: 0 of 1 job failed, last run 2026-11-02 02:00");
    const auto overdue = probe_of(nightly(false), asked, after);
    CHECK(said(overdue) == "d-2: 1 of 1 job failed, last run 2026-10-29 11:00; d-1:  late");
    CHECK(overdue.items.back().state == ProbeState::unknown);
    // One that has ended is left out; the interval of the odd one is 12 days.
    asked.expected.now = instant("2026-12-29T12:00:00Z");
    const auto winter = ended_within("2026-12-29T11:00:00Z", "2026-12-29T12:00:00Z");
    CHECK(probe_of(nightly(), asked, winter).items.empty());
}

TEST_CASE("where a job was due and none came, nothing stands", "[probe]") {
    const auto store = nightly(false);
    const auto asked = options("job-success-rate");
    const auto at = [&](const char* since, const char* until) {
        return probe_of(store, asked, ended_within(since, until));
    };
    CHECK(at("2026-11-02T00:00:00Z", "2026-11-02T01:00:00Z").state == ProbeState::ok);
    const auto due = at("2026-11-02T02:00:00Z", "2026-11-02T03:00:00Z");
    CHECK(due.state == ProbeState::unknown);
    CHECK(due.remarks == std::vector<std::string>{"no finished jobs", "\"Nightly\" is late"});
    CHECK(at("2026-11-02T04:00:00Z", "2026-11-02T05:00:00Z").state == ProbeState::unknown);
    CHECK(probe_of(query_test::store_of({}), asked).state == ProbeState::unknown);
}

TEST_CASE("a job without a value for the metric does not hide the one before", "[probe]") {
    const auto store = query_test::store_of({{"1", "SUCCESS", "01:00:00", "", "d", "A", 10, 9, 1},
                                             {"2", "FAILURE", "09:00:00", "", "d", "A", 0, 0, 0}});
    const auto window = ended_within("2026-11-02T08:00:00Z", "2026-11-02T12:00:00Z");
    CHECK(said(probe_of(store, options("operation-success-rate"), window)) ==
          "0.9 of 10 records succeeded");
    CHECK(said(probe_of(store, options("failed"), window)) == "1 of 1 job failed");
}

// Of 200 runs in 30 days at 99 %, 2 may fail. A burn rate is a share of failed runs / 0.01: one of
// seven is 100 / 7 = 14.3, just below 14.4, one of six 16.7.
TEST_CASE("an error budget alerts while it burns too fast", "[probe]") {
    const auto state = [](int good_in_the_hour, std::string_view failed_at) {
        std::vector<Made> reports{{"f", "FAILURE", std::string(failed_at)}};
        for (int i = 0; i < 199 - good_in_the_hour; ++i) {
            reports.push_back({"o" + std::to_string(i), "SUCCESS",
                               fmt::format("2026-10-{:02}T12:00:00Z", 10 + i % 19)});
        }
        for (int i = 0; i < good_in_the_hour; ++i)
            reports.push_back({"n" + std::to_string(i), "SUCCESS", "11:30:00"});
        const auto store = query_test::store_of(reports);
        const auto found = probe_of(store, options("budget-used"));
        CHECK(std::get<table::Ratio>(found.items.at(0).value).value == Approx(0.5));
        return found.state;
    };
    CHECK(state(5, "11:30:00") == ProbeState::critical);
    CHECK(state(6, "11:30:00") == ProbeState::critical);  // of six hours: 14.3 is above 6
    CHECK(state(16, "11:30:00") == ProbeState::warning);  // 100 / 17 = 5.9, and above 1
    CHECK(state(99, "11:30:00") == ProbeState::warning);  // 100 / 100 = 1
    CHECK(state(100, "11:30:00") == ProbeState::ok);
    CHECK(state(0, "05:59:00") == ProbeState::warning);  // alone in three days, none in six hours
    CHECK(state(16, "05:59:00") == ProbeState::ok);      // it no longer burns
    auto asked = options("budget-used");
    asked.expected.objectives = {};
    CHECK_THROWS_AS(probe_of(sample(), asked), UsageError);
}
