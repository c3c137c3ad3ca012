// Streaks, recoveries and the order of failures.
#include "core/answers/failures.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <algorithm>
#include <random>
#include <tuple>

namespace {

using namespace jobtally;
using query_test::cell;
using query_test::down;
using query_test::Made;
using query_test::total;

table::ResultTable failures_of(const std::vector<Made>& reports,
                               query::By by = query::By::definition,
                               const query::Selection& selection = {}) {
    const auto store = query_test::store_of(reports);
    const query::Scope scope(store, selection);
    return answers::failures_table(answers::failures(scope, by));
}

// F F S F S F F: streaks of 2 (recovered after 2 h 30 m), 1 (after 1 h, no updated_at), 2 and going
// on.
const std::vector<Made>& one_history() {
    static const std::vector<Made> reports{
        {"1", "FAILURE", "01:00:00", "01:10:00", "d-1", "A", 0, 0, 0},
        {"2", "FAILURE", "02:00:00", "02:10:00", "d-1", "A", 10, 4, 6},
        {"3", "SUCCESS", "03:00:00", "03:30:00", "d-1", "A", 10, 9, 1},
        {"4", "RUNNING", "03:30:00", "", "d-1", "A"},
        {"5", "FAILURE", "04:00:00", "", "d-1", "A"},
        {"6", "SUCCESS", "05:00:00", "", "d-1", "A", 0, 0, 0},
        {"7", "FAILURE", "06:00:00", "", "d-1", "A"},
        {"8", "FAILURE", "07:00:00", "", "d-1", "A"},
    };
    return reports;
}

}  // namespace

TEST_CASE("failures have the contract's keys in its order", "[answers]") {
    CHECK(query_test::keys(failures_of({})) ==
          "definition_id definition_name type finished failed failure_rate partial empty "
          "operations_failed operation_failure_rate streak longest_streak failing_since "
          "last_failure_at last_failure_id last_success_at recoveries mean_recovery_seconds");
}

TEST_CASE("a history of streaks and recoveries", "[answers]") {
    const auto table = failures_of(one_history());
    REQUIRE(table.rows.size() == 1);
    CHECK(cell(table, 0, "finished") == "7");
    CHECK(cell(table, 0, "failed") == "5");
    CHECK(std::stod(cell(table, 0, "failure_rate")) == Approx(5.0 / 7));
    CHECK(cell(table, 0, "partial") == "1");
    CHECK(cell(table, 0, "empty") == "2");
    CHECK(cell(table, 0, "operations_failed") == "7");
    CHECK(cell(table, 0, "operation_failure_rate") == "0.35");
    CHECK(cell(table, 0, "streak") == "2");
    CHECK(cell(table, 0, "longest_streak") == "2");
    CHECK(cell(table, 0, "failing_since") == "2026-11-02T06:00:00Z");
    CHECK(cell(table, 0, "last_failure_at") == "2026-11-02T07:00:00Z");
    CHECK(cell(table, 0, "last_failure_id") == "8");
    CHECK(cell(table, 0, "last_success_at") == "2026-11-02T05:00:00Z");
    CHECK(cell(table, 0, "recoveries") == "2");
    CHECK(cell(table, 0, "mean_recovery_seconds") == "6300");  // (9000 + 3600) / 2
}

TEST_CASE("the order of arrival does not matter to streaks", "[answers]") {
    auto reports = one_history();
    const auto expected = failures_of(reports).rows;
    std::reverse(reports.begin(), reports.end());
    CHECK(failures_of(reports).rows == expected);
    for (std::size_t i = 0; i < reports.size(); ++i) std::swap(reports[i], reports[i * 5 % 8]);
    CHECK(failures_of(reports).rows == expected);
}

TEST_CASE("equal times are ordered by id", "[answers]") {
    // In the order of ids: F(A) S(B) F(a) F(b) at one time, then nothing.
    const std::vector<Made> reports{{"b", "FAILURE", "01:00:00", "", "d", "D"},
                                    {"A", "FAILURE", "01:00:00", "", "d", "D"},
                                    {"B", "SUCCESS", "01:00:00", "01:00:09", "d", "D"},
                                    {"a", "FAILURE", "01:00:00", "", "d", "D"}};
    const auto table = failures_of(reports);
    CHECK(cell(table, 0, "streak") == "2");
    CHECK(cell(table, 0, "longest_streak") == "2");
    CHECK(cell(table, 0, "recoveries") == "1");
    CHECK(cell(table, 0, "mean_recovery_seconds") == "9");
    CHECK(cell(table, 0, "last_failure_id") == "b");
    CHECK(total(table, "last_failure_id") == "b");
}

TEST_CASE("of two successes at one time the smaller id ends the streak", "[answers]") {
    const auto table = failures_of({{"1", "FAILURE", "01:00:00", "", "d", "D"},
                                    {"b", "SUCCESS", "02:00:00", "02:00:20", "d", "D"},
                                    {"a", "SUCCESS", "02:00:00", "02:00:10", "d", "D"}});
    CHECK(cell(table, 0, "mean_recovery_seconds") == "3610");
    CHECK(cell(table, 0, "streak") == "0");
    CHECK(cell(table, 0, "failing_since") == "");
}

TEST_CASE("a recovery that ends before it began has no length", "[answers]") {
    const auto table = failures_of({{"1", "FAILURE", "01:00:00", "", "d", "D"},
                                    {"2", "SUCCESS", "01:00:01", "00:59:59.5", "d", "D"},
                                    {"3", "FAILURE", "02:00:00", "", "e", "E"},
                                    {"4", "SUCCESS", "02:00:01", "01:59:59.5", "e", "E"},
                                    {"5", "FAILURE", "03:00:00", "", "e", "E"},
                                    {"6", "SUCCESS", "03:00:01", "03:00:09", "e", "E"}});
    CHECK(cell(table, 0, "recoveries") == "2");
    CHECK(cell(table, 0, "mean_recovery_seconds") == "9");
    CHECK(cell(table, 1, "recoveries") == "1");
    CHECK(cell(table, 1, "mean_recovery_seconds") == "");
    CHECK(total(table, "mean_recovery_seconds") == "9");
}

TEST_CASE("the total sums recoveries and has no streak", "[answers]") {
    auto reports = one_history();
    reports.push_back({"x1", "FAILURE", "01:00:00", "", "d-2", "B"});
    reports.push_back({"x2", "SUCCESS", "01:00:30", "", "d-2", "B"});
    const auto table = failures_of(reports);
    CHECK(total(table, "recoveries") == "3");
    CHECK(total(table, "mean_recovery_seconds") == "4210");  // (9000 + 3600 + 30) / 3
    CHECK(total(table, "streak") == "");
    CHECK(total(table, "longest_streak") == "");
    CHECK(total(table, "failing_since") == "");
    CHECK(total(table, "last_failure_id") == "8");
    CHECK(total(table, "last_success_at") == "2026-11-02T05:00:00Z");
}

TEST_CASE("by hour a recovery belongs to the success that ends it", "[answers]") {
    const auto table = failures_of(one_history(), query::By::hour);
    CHECK(down(table, "streak") == "- - - - - - -");
    CHECK(cell(table, 0, "hour") == "1");  // all who failed are alike: in their natural order
    std::string recoveries;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        if (cell(table, i, "recoveries") != "0") {
            recoveries +=
                cell(table, i, "hour") + ":" + cell(table, i, "mean_recovery_seconds") + " ";
        }
    }
    CHECK(recoveries == "3:9000 5:3600 ");
    CHECK(total(table, "recoveries") == "2");
}

TEST_CASE("the worst come first", "[answers]") {
    std::vector<Made> reports;
    const auto add = [&](const std::string& name, int failed, int succeeded) {
        for (int i = 0; i < failed + succeeded; ++i) {
            reports.push_back({name + std::to_string(i), i < failed ? "FAILURE" : "SUCCESS",
                               "01:00:0" + std::to_string(i), "", "id-" + name, name});
        }
    };
    add("one", 1, 0);   // rate 1, low 0.207
    add("most", 8, 1);  // rate 0.89, low 0.565: surer
    add("never", 0, 5);
    add("also", 0, 1);
    add("two", 1, 0);
    reports.push_back({"r", "RUNNING", "01:00:00", "", "id-none", "none"});
    const auto table = failures_of(reports);
    CHECK(down(table, "definition_name") == "most one two also never none");
}

TEST_CASE("streaks are those of the selection", "[answers]") {
    query::Selection selection;
    selection.span.since = query_test::instant("2026-11-02T02:00:00Z");
    selection.span.until = query_test::instant("2026-11-02T07:00:00Z");
    const auto table = failures_of(one_history(), query::By::definition, selection);
    CHECK(cell(table, 0, "streak") == "1");
    CHECK(cell(table, 0, "longest_streak") == "1");
    CHECK(cell(table, 0, "mean_recovery_seconds") == "4500");  // (5400 + 3600) / 2
}

TEST_CASE("streaks are those of a plain walk in order", "[answers]") {
    std::mt19937 random(11);
    for (int round = 0; round < 20; ++round) {
        std::vector<Made> reports;
        for (int i = 0; i < 150; ++i) {
            const auto minute = static_cast<int>(random() % 50);  // most times are shared
            const auto clock = "01:" + std::to_string(minute / 10) + std::to_string(minute % 10);
            reports.push_back({"id" + std::to_string(random()),
                               random() % 2 == 0 ? "FAILURE" : "SUCCESS", clock + ":00",
                               random() % 3 == 0 ? "" : clock + ":0" + std::to_string(random() % 9),
                               "d", "D"});
        }
        const auto table = failures_of(reports);
        std::sort(reports.begin(), reports.end(), [](const Made& a, const Made& b) {
            return std::tie(a.created, a.id) < std::tie(b.created, b.id);
        });
        std::vector<Made> streak;
        std::size_t longest = 0;
        std::int64_t recoveries = 0;
        time::Duration recovered{0};
        for (const auto& made : reports) {
            if (made.status == "FAILURE") {
                streak.push_back(made);
                longest = std::max(longest, streak.size());
            } else if (!streak.empty()) {
                const auto report = query_test::report_of(made);
                recovered += report.updated_at.value_or(report.created_at) -
                             query_test::report_of(streak.front()).created_at;
                ++recoveries;
                streak.clear();
            }
        }
        CHECK(cell(table, 0, "streak") == std::to_string(streak.size()));
        CHECK(cell(table, 0, "longest_streak") == std::to_string(longest));
        CHECK(cell(table, 0, "recoveries") == std::to_string(recoveries));
        REQUIRE(recoveries > 0);
        const auto mean = std::stod(cell(table, 0, "mean_recovery_seconds"));
        CHECK(mean == Approx(static_cast<double>(recovered.count()) / 1e6 /
                             static_cast<double>(recoveries)));
    }
}
