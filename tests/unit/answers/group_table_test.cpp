// Answers beside those of another window, and what of the change is noise.
#include "core/query/group_table.hpp"

#include "core/answers/durations.hpp"
#include "core/answers/failures.hpp"
#include "core/answers/rates.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <fmt/format.h>

namespace group_table_test {

using namespace jobtally;
using query_test::cell;
using query_test::down;
using query_test::instant;
using query_test::Made;
using query_test::total;

query::Selection day(int number) {
    query::Selection selection;
    const auto first = std::chrono::sys_days{std::chrono::year{2026} / 11 / number};
    selection.span = {first, first + std::chrono::days{1}};
    return selection;
}

// `failed` of `count` runs of a definition on a day, each taking `seconds`.
void add(std::vector<Made>& reports, const std::string& definition, const char* date, int count,
         int failed, int seconds = 1) {
    for (int i = 0; i < count; ++i) {
        const std::string hour = fmt::format("{}T{:02}:{:02}:", date, i / 60, i % 60);
        reports.push_back({definition + date + std::to_string(i),
                           i < failed ? "FAILURE" : "SUCCESS", hour + "00Z",
                           fmt::format("{}{:02}Z", hour, seconds), definition, definition});
    }
}

struct Windows {
    explicit Windows(const std::vector<Made>& reports)
        : store(query_test::store_of(reports)), before(store, day(1)), now(store, day(2)) {}
    store::Store store;
    query::Scope before, now;
};

TEST_CASE("rates beside those of another window", "[answers]") {
    std::vector<Made> reports;
    add(reports, "both", "2026-11-01", 40, 0);
    add(reports, "both", "2026-11-02", 40, 20);
    add(reports, "gone", "2026-11-01", 2, 1);
    add(reports, "new", "2026-11-02", 4, 1);
    const Windows windows(reports);
    const auto table =
        answers::rates_table(answers::rates(windows.now), answers::rates(windows.before));
    CHECK(down(table, "definition_id") == "both new gone");
    CHECK(down(table, "reports") == "40 4 0");
    CHECK(down(table, "previous.reports") == "40 0 2");
    CHECK(down(table, "previous.job_success_rate") == "1 - 0.5");
    CHECK(down(table, "job_success_rate_change") == "-0.5 - -");
    // Wilson: 20 of 40 is at most 0.648, 40 of 40 at least 0.912.
    CHECK(down(table, "job_success_rate_changed") == "true - -");
    CHECK(total(table, "previous.finished") == "42");
    REQUIRE(table.window->previous);
    CHECK(*table.window->previous == day(1).span);
}

TEST_CASE("a change within the noise is not marked", "[answers]") {
    std::vector<Made> reports;
    add(reports, "d", "2026-11-01", 4, 0);
    add(reports, "d", "2026-11-02", 4, 1);
    const Windows windows(reports);
    const auto rates =
        answers::rates_table(answers::rates(windows.now), answers::rates(windows.before));
    CHECK(cell(rates, 0, "job_success_rate_change") == "-0.25");
    CHECK(cell(rates, 0, "job_success_rate_changed") == "false");
    const auto failures =
        answers::failures_table(answers::failures(windows.now), answers::failures(windows.before));
    CHECK(cell(failures, 0, "failure_rate_change") == "0.25");
    CHECK(cell(failures, 0, "failure_rate_changed") == "false");
    CHECK(cell(failures, 0, "previous.failed") == "0");
}

TEST_CASE("a median's change is marked by the rank test", "[answers]") {
    std::vector<Made> reports;
    add(reports, "slower", "2026-11-01", 10, 0, 10);
    add(reports, "slower", "2026-11-02", 10, 0, 15);
    add(reports, "few", "2026-11-01", 3, 0, 10);
    add(reports, "few", "2026-11-02", 3, 0, 15);
    const Windows windows(reports);
    answers::DurationsOptions options;
    options.keep_values = true;
    const auto table = answers::durations_table(answers::durations(windows.now, {}, options),
                                                answers::durations(windows.before, {}, options));
    CHECK(down(table, "definition_id") == "few slower");
    CHECK(down(table, "previous.p50_seconds") == "10 10");
    CHECK(down(table, "median_change") == "0.5 0.5");
    CHECK(down(table, "median_changed") == "false true");
}

TEST_CASE("buckets of a series are compared by their place", "[answers]") {
    std::vector<Made> reports;
    add(reports, "d", "2026-11-01", 61, 1);
    add(reports, "d", "2026-11-02", 5, 0);
    const Windows windows(reports);
    const query::GroupBy by{query::By::none, time::Every::hour};
    const auto table =
        answers::rates_table(answers::rates(windows.now, by), answers::rates(windows.before, by));
    REQUIRE(table.rows.size() == 24);
    CHECK(cell(table, 0, "bucket") == "2026-11-02T00:00:00Z");
    CHECK(cell(table, 0, "previous.bucket") == "2026-11-01T00:00:00Z");
    CHECK(cell(table, 0, "previous.reports") == "60");
    CHECK(cell(table, 1, "reports") == "0");
    CHECK(cell(table, 1, "previous.reports") == "1");
}

}  // namespace group_table_test
