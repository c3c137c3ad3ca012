// The digest.
#include "core/digest/summary.hpp"

#include "core/model/outcome.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <fmt/format.h>

namespace {

using namespace jobtally;
using query_test::down;
using query_test::Made;

const time::Instant clock_time = query_test::instant("2026-11-03T00:00:00Z");

const table::ResultTable& section(const digest::SummaryAnswer& answer, const char* key) {
    for (const auto& each : answer.sections) {
        if (each.key == key) return each.table;
    }
    throw std::out_of_range(key);
}

}  // namespace

TEST_CASE("a summary names what is wrong, worst first", "[digest]") {
    auto store = query_test::store_of({
        {"a0", "FAILURE", "2026-11-01T01:00:00Z", "", "d-1", "A"},  // before the window
        {"a1", "FAILURE", "01:00:00", "", "d-1", "A", 0, 0, 0},
        {"b1", "FAILURE", "01:00:00", "", "d-2", "B", 10, 5, 5},
        {"b2", "SUCCESS", "02:00:00", "", "d-2", "B", 10000, 9999, 1},
        {"b3", "SUCCESS", "03:00:00", "", "d-2", "B", 2000, 2000, 0},
        {"c1", "SUCCESS", "03:00:00", "", "d-3", "C", 0, 0, 0},
        {"c2", "SUCCESS", "04:00:00", "", "d-3", "C", 10, 1, 9},
        {"it's", "FAILURE", "05:00:00", "", "d-4", "D"},
        {"d2", "SUCCESS", "06:00:00", "", "d-4", "D", -1, -1, 3},  // partial, and not empty
        {"d3", "RUNNING", "06:00:00", "", "d-4", "D"},
    });
    store::WriteTransaction transaction(store);
    transaction.reject({"not JSON", "x", 1, false}, "test",
                       query_test::instant("2026-11-02T10:00:00Z"));
    transaction.reject({"not JSON", "x", 1, false}, "test",
                       query_test::instant("2026-11-03T10:00:00Z"));
    transaction.commit();
    query::Selection selection;
    selection.span = {query_test::instant("2026-11-02T00:00:00Z"),
                      query_test::instant("2026-11-03T00:00:00Z")};
    const query::Scope scope(store, selection);
    const auto answer = digest::summary(scope, clock_time);
    CHECK(answer.headline ==
          "5 of 8 jobs succeeded (62.5 %), 3 partial, 1 empty, 1 running; 12,005 of 12,020 "
          "records; 2 recovered; 1 rejected");
    CHECK(answer.rejected.count == 1);
    CHECK(answer.has_problems());
    const auto& failed = section(answer, "failed");
    CHECK(down(failed, "definition_name") == "A D B");
    CHECK(down(failed, "failed") == "1 1 1");
    CHECK(down(failed, "streak") == "2 0 0");  // reaches back before the window
    CHECK(down(failed, "failing_since") == "2026-11-01T01:00:00Z - -");
    CHECK(down(failed, "next_step") ==
          "jobtally show a1 jobtally show 'it'\\''s' jobtally show b1");
    const auto& partial = section(answer, "partial");
    CHECK(down(partial, "definition_name") == "D C B");
    CHECK(down(partial, "operations_failed") == "3 9 1");
    CHECK(down(partial, "last_partial_id") == "d2 c2 b2");
    const auto& empty = section(answer, "empty");
    CHECK(down(empty, "definition_name") == "C");
    CHECK(down(empty, "last_empty_id") == "c1");
    const auto& recovered = section(answer, "recovered");
    CHECK(down(recovered, "definition_name") == "B D");
    CHECK(down(recovered, "failing_since") == "2026-11-02T01:00:00Z 2026-11-02T05:00:00Z");
    CHECK(down(recovered, "recovered_at") == "2026-11-02T02:00:00Z 2026-11-02T06:00:00Z");
    CHECK(down(recovered, "id") == "b2 d2");
}

TEST_CASE("a summary of good news has no problems", "[digest]") {
    const auto store = query_test::store_of({{"a", "SUCCESS", "01:00:00", "", "d", "A", 3, 3, 0}});
    const query::Scope scope(store, {});
    const auto answer = digest::summary(scope, clock_time);
    CHECK(answer.headline == "1 of 1 job succeeded (100.0 %); 3 of 3 records");
    CHECK_FALSE(answer.has_problems());
    const auto nothing = digest::summary(query::Scope(query_test::store_of({}), {}), clock_time);
    CHECK(nothing.headline ==
          "no report has ever come: `jobtally check --metric age` alerts while none does");
    CHECK_FALSE(nothing.has_problems());
}

namespace {

// Thirty good days before 2026-11-02, then what `last` says of that day.
digest::SummaryAnswer after_a_good_month(const std::vector<Made>& last,
                                         query::Selection selection = {}) {
    std::vector<Made> reports = last;
    for (int day = 4; day <= 32; ++day) {
        const auto date = day == 32 ? std::string("2026-11-01") : fmt::format("2026-10-{:02}", day);
        for (const char* definition : {"A", "B"}) {
            reports.push_back({definition + date, "SUCCESS", date + "T06:00:00Z",
                               date + "T06:01:00Z", std::string("d-") + definition, definition,
                               1000, 1000, 0});
        }
    }
    const auto store = query_test::store_of(reports);
    selection.span = {query_test::instant("2026-11-02T00:00:00Z"),
                      query_test::instant("2026-11-03T00:00:00Z")};
    return digest::summary(query::Scope(store, selection), clock_time);
}

}  // namespace

TEST_CASE("a summary compares the window's runs with those before it", "[digest]") {
    const auto usual =
        after_a_good_month({{"a", "SUCCESS", "06:00:00", "06:01:05", "d-A", "A", 1010, 1010, 0},
                            {"b", "SUCCESS", "06:00:00", "06:01:00", "d-B", "B", 1000, 1000, 0}});
    CHECK_FALSE(usual.has_problems());
    const auto silent =
        after_a_good_month({{"a", "SUCCESS", "06:00:00", "06:01:05", "d-A", "A", 1010, 1010, 0}});
    CHECK(down(section(silent, "missed"), "definition_name") == "B");
    CHECK(down(section(silent, "missed"), "state") == "late");
    CHECK(silent.has_problems());
    const auto slow =
        after_a_good_month({{"a", "SUCCESS", "06:00:00", "06:05:00", "d-A", "A", 1000, 1000, 0},
                            {"b", "FAILURE", "06:00:00", "06:05:00", "d-B", "B", 0, 0, 0}});
    const auto& unusual = section(slow, "unusual");
    CHECK(down(unusual, "definition_name") == "A");
    CHECK(down(unusual, "kind") == "slower");
    CHECK(down(unusual, "id") == "a");
    CHECK(down(unusual, "usual_seconds") == "60");
    CHECK(down(unusual, "factor") == "5");
    // All were equal, so the spread is the least.
    CHECK(std::stod(down(unusual, "distance")) == Approx(std::log(5) / 0.03));
    CHECK(down(unusual, "usual_of_runs") == "29");
    CHECK(slow.headline == "1 of 2 jobs succeeded (50.0 %); 1,000 of 1,000 records; 1 unusual run");
    query::Selection other;
    other.definitions = {"B"};
    CHECK(section(after_a_good_month(
                      {{"a", "SUCCESS", "06:00:00", "06:05:00", "d-A", "A", 1000, 1000, 0}}, other),
                  "unusual")
              .rows.empty());
}

TEST_CASE("an empty success is a problem where there used to be records", "[digest]") {
    const auto empty =
        after_a_good_month({{"a", "SUCCESS", "06:00:00", "06:00:01", "d-A", "A", 0, 0, 0}});
    CHECK(empty.has_problems());
    CHECK(down(section(empty, "empty"), "unusual") == "true");
    CHECK(down(section(empty, "empty"), "usual_operations") == "1000");
    CHECK(section(empty, "unusual").rows.empty());  // said once

    std::vector<Made> often;
    for (int minute = 10; minute < 40; ++minute) {
        const bool none = minute % 3 == 0;
        often.push_back({"e" + std::to_string(minute), "SUCCESS",
                         "06:" + std::to_string(minute) + ":00", "", "d-E", "E", none ? 0 : 10,
                         none ? 0 : 10, 0});
    }
    // The first of the window's empty runs can't be judged, but the newest can.
    auto store = query_test::store_of(often);
    const auto answer = digest::summary(query::Scope(store, {}), clock_time);
    const auto& section_of_empty = section(answer, "empty");
    CHECK(down(section_of_empty, "empty") == "10");
    CHECK(down(section_of_empty, "unusual") == "false");
    query::Selection later;
    later.span.since = query_test::instant("2026-11-02T06:30:00Z");
    // At once: later on the run of every minute would be missed.
    const auto quiet =
        digest::summary(query::Scope(store, later), query_test::instant("2026-11-02T06:40:00Z"));
    CHECK(down(section(quiet, "empty"), "empty") == "4");
    CHECK(down(section(quiet, "empty"), "unusual") == "false");
    CHECK_FALSE(quiet.has_problems());
    auto digest = digest::summary_digest(quiet);
    digest::drop_quiet_rows(digest);
    for (const auto& each : digest.sections) CHECK(each.table.rows.empty());
}

TEST_CASE("the history of a window by another time is by created_at", "[digest]") {
    query::Selection selection;
    selection.at = store::WhichTime::updated;
    const auto answer = after_a_good_month(
        {{"a", "SUCCESS", "2026-11-01T23:55:00Z", "00:02:00", "d-A", "A", 1000, 1000, 0},
         {"late", "SUCCESS", "23:55:00", "2026-11-03T00:05:00Z", "d-A", "A", 9000, 9000, 0}},
        selection);
    CHECK(down(section(answer, "unusual"), "id") == "a");
    CHECK(down(section(answer, "unusual"), "usual_of_runs") == "29");
}

TEST_CASE("what came after the window by its own time is left out", "[digest]") {
    query::Selection selection;
    selection.at = store::WhichTime::updated;
    const auto answer = after_a_good_month(
        {{"a", "FAILURE", "06:00:00", "06:00:01", "d-A", "A", 0, 0, 0},
         {"late", "FAILURE", "23:55:00", "2026-11-03T00:05:00Z", "d-A", "A", 0, 0, 0},
         {"b", "SUCCESS", "23:57:00", "23:58:00", "d-B", "B", 1000, 1000, 0}},
        selection);
    CHECK(down(section(answer, "failed"), "streak") == "1");
}

TEST_CASE("a streak longer than the history is counted whole", "[digest]") {
    std::vector<Made> reports{{"good", "SUCCESS", "2025-12-31T06:00:00Z", "", "d-A", "A", 1, 1, 0}};
    for (int month = 1; month <= 10; ++month) {
        for (int day = 1; day <= 28; ++day) {
            char text[32];
            std::snprintf(text, sizeof text, "2026-%02d-%02dT06:00:00Z", month, day);
            reports.push_back({std::string("f") + text, "FAILURE", text, "", "d-A", "A", 0, 0, 0});
        }
    }
    reports.push_back({"last", "FAILURE", "06:00:00", "", "d-A", "A", 0, 0, 0});
    const auto store = query_test::store_of(reports);
    query::Selection selection;
    selection.span.since = query_test::instant("2026-11-02T00:00:00Z");
    const auto answer = digest::summary(query::Scope(store, selection), clock_time);
    CHECK(down(section(answer, "failed"), "streak") == "281");
    CHECK(down(section(answer, "failed"), "failing_since") == "2026-01-01T06:00:00Z");
}

TEST_CASE("a summary without any report still has figures", "[digest]") {
    const auto store = query_test::store_of({});
    const auto digest =
        digest::summary_digest(digest::summary(query::Scope(store, {}), clock_time));
    REQUIRE(digest.figures.rows.size() == 1);
    CHECK(query_test::cell(digest.figures, 0, "reports") == "0");
}

namespace {

// Of [since, until) by the end of jobs, at `moment`.
digest::SummaryAnswer mail(const store::Store& store, const char* since, const char* until,
                           const char* moment) {
    query::Selection selection;
    selection.at = store::WhichTime::updated;
    selection.span = {query_test::instant(since), query_test::instant(until)};
    const auto at = query_test::instant(moment);
    return digest::summary(query::Scope(store, digest::as_of_its_end(selection, at)), at);
}

}  // namespace

// All reports of these stores were received at 2026-11-30T00:00:00Z.
TEST_CASE("what arrived in the window and had ended before is told as late", "[digest]") {
    const auto store =
        query_test::store_of({{"f", "FAILURE", "01:00:00", "02:00:00", "d-A", "A", 0, 0, 0},
                              {"s", "SUCCESS", "03:00:00", "04:00:00", "d-A", "A", 9, 9, 0},
                              {"p", "SUCCESS", "05:00:00", "06:00:00", "d-B", "B", 9, 8, 1},
                              {"g", "SUCCESS", "05:00:00", "06:00:00", "d-C", "C", 9, 9, 0}});
    const auto first =
        mail(store, "2026-11-29T07:00:00Z", "2026-11-30T07:00:00Z", "2026-11-30T07:00:00Z");
    CHECK(down(section(first, "late"), "definition_id") == "d-A d-B");
    CHECK(down(section(first, "late"), "failed") == "1 0");
    CHECK(down(section(first, "late"), "partial") == "0 1");
    CHECK(down(section(first, "late"), "last_failure_id") == "f -");
    CHECK(down(section(first, "recovered"), "definition_id") == "d-A");
    CHECK(section(first, "failed").rows.empty());
    CHECK(first.late.count == 4);
    CHECK(first.late.sentence ==
          "4 reports came late: the jobs had ended before (1 failed, 1 partial)");
    CHECK(first.has_problems());
    const auto next =
        mail(store, "2026-11-30T07:00:00Z", "2026-12-01T07:00:00Z", "2026-12-01T07:00:00Z");
    CHECK(section(next, "late").rows.empty());
    CHECK(section(next, "recovered").rows.empty());
}

TEST_CASE("late is what arrived in the window, whenever the digest is made", "[digest]") {
    const auto store =
        query_test::store_of({{"f", "FAILURE", "01:00:00", "02:00:00", "d-A", "A", 0, 0, 0}});
    const auto late = [&](const char* since, const char* until, const char* now) {
        return section(mail(store, since, until, now), "late").rows.size();
    };
    for (const auto* now : {"2026-11-30T00:00:20Z", "2026-11-30T08:00:00Z"})
        CHECK(late("2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z", now) == 0);
    for (const auto* now : {"2026-12-01T00:00:20Z", "2026-12-01T08:00:00Z", "2026-12-24T00:00:00Z"})
        CHECK(late("2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z", now) == 1);
}

TEST_CASE("what arrives in the hours before the digest is told, and told again as late",
          "[digest]") {
    const auto store = query_test::store_of(
        {{"f", "FAILURE", "01:00:00", "2026-11-29T23:59:59Z", "d-A", "A", 0, 0, 0}});
    const auto first =
        mail(store, "2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z", "2026-11-30T08:00:00Z");
    CHECK(down(section(first, "failed"), "failed") == "1");
    // Made earlier in the morning than the one before.
    const auto next =
        mail(store, "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-01T06:00:00Z");
    CHECK(down(section(next, "late"), "failed") == "1");
}

TEST_CASE("what arrives between the window's end and the mail is left to the next", "[digest]") {
    const auto store = query_test::store_of(
        {{"f", "FAILURE", "01:00:00", "2026-11-29T23:59:59Z", "d-A", "A", 0, 0, 0}});
    const auto first =
        mail(store, "2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z", "2026-11-30T00:00:02Z");
    CHECK(section(first, "failed").rows.empty());
    const auto next =
        mail(store, "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-01T00:00:02Z");
    CHECK(down(section(next, "late"), "failed") == "1");
}

TEST_CASE("a job that took longer than the next one is told when it ends", "[digest]") {
    const auto store =
        query_test::store_of({{"long", "FAILURE", "01:00:00", "09:00:00", "d-A", "A", 0, 0, 0},
                              {"short", "SUCCESS", "02:00:00", "03:00:00", "d-A", "A", 9, 9, 0}});
    const auto first =
        mail(store, "2026-11-01T07:00:00Z", "2026-11-02T07:00:00Z", "2026-11-02T07:00:00Z");
    CHECK(section(first, "failed").rows.empty());
    CHECK(section(first, "recovered").rows.empty());
    const auto next =
        mail(store, "2026-11-02T07:00:00Z", "2026-11-03T07:00:00Z", "2026-11-03T07:00:00Z");
    CHECK(down(section(next, "failed"), "failed") == "1");
    CHECK(down(section(next, "failed"), "streak") == "0");
    CHECK(down(section(next, "recovered"), "id") == "short");
}

TEST_CASE("a gap across the beginning of a window with many runs is told", "[digest]") {
    using std::chrono::minutes;
    const auto begin = query_test::instant("2026-11-01T00:00:00Z");
    std::vector<Made> reports;
    for (int i = 0; i < 2 * 720; ++i) {
        if (i >= 690 && i < 750) continue;  // from 23:00 to 01:00
        const auto created = time::format_utc(begin + minutes(2 * i));
        reports.push_back({fmt::format("{}", i), "SUCCESS", created, created, "d", "D"});
    }
    const auto store = query_test::store_of(reports);
    query::Selection selection;
    selection.span = {query_test::instant("2026-11-02T00:00:00Z"), clock_time};
    const auto answer = digest::summary(query::Scope(store, selection), clock_time);
    const auto& missed = section(answer, "missed");
    CHECK(down(missed, "missed_runs") == "60");
    CHECK(down(missed, "missed_since") == "2026-11-01T23:00:00Z");
    CHECK(down(missed, "ran_again_at") == "2026-11-02T01:00:00Z");
}
