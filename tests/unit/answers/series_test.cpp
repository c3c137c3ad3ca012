// Series: a row a group and bucket, empty buckets too.
#include "core/answers/durations.hpp"
#include "core/answers/failures.hpp"
#include "core/answers/rates.hpp"
#include "core/base/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

namespace series_test {

using namespace jobtally;
using query_test::cell;
using query_test::down;
using query_test::instant;
using query_test::Made;
using query_test::total;

const std::vector<Made>& autumn() {
    // Paris: the clock went back on 2026-10-25.
    static const std::vector<Made> reports{
        {"a1", "SUCCESS", "2026-10-24T21:59:59Z", "", "d-1", "Ant", 10, 8, 2},  // the 24th
        {"a2", "FAILURE", "2026-10-24T22:00:00Z", "2026-10-24T22:01:00Z", "d-1", "Ant", 0, 0, 0},
        {"a3", "SUCCESS", "2026-10-25T22:59:59Z", "2026-10-25T23:59:59Z", "d-1", "Ant", 5, 5, 0},
        {"a4", "SUCCESS", "2026-10-27T10:00:00Z", "2026-10-27T10:00:09Z", "d-1", "Ant", 7, 7, 0},
        {"b1", "FAILURE", "2026-10-25T10:00:00Z", "2026-10-25T10:00:03Z", "d-2", "Bee", 1, 0, 1,
         "export"},
    };
    return reports;
}

query::Selection in_paris(const char* since = "", const char* until = "") {
    query::Selection selection;
    selection.zone = time::Zone::named("Europe/Paris");
    if (*since != '\0') selection.span.since = instant(since);
    if (*until != '\0') selection.span.until = instant(until);
    return selection;
}

table::ResultTable rates_of(const std::vector<Made>& reports, const query::GroupBy& by,
                            const query::Selection& selection) {
    const auto store = query_test::store_of(reports);
    const query::Scope scope(store, selection);
    return answers::rates_table(answers::rates(scope, by));
}

TEST_CASE("a series has each bucket from the first report to the last", "[answers]") {
    const auto table = rates_of(autumn(), {query::By::none, time::Every::day}, in_paris());
    CHECK(down(table, "bucket") ==
          "2026-10-24T00:00:00+02:00 2026-10-25T00:00:00+02:00 2026-10-26T00:00:00+01:00 "
          "2026-10-27T00:00:00+01:00");
    CHECK(down(table, "reports") == "1 3 0 1");
    CHECK(down(table, "failed") == "0 2 0 0");
    CHECK(down(table, "job_success_rate") == "1 0.3333333333333333 - 1");
    CHECK(total(table, "reports") == "5");
    CHECK(query_test::keys(table).starts_with("bucket reports "));
}

TEST_CASE("with a window a series has the window's buckets", "[answers]") {
    const auto table = rates_of(autumn(), {query::By::none, time::Every::day},
                                in_paris("2026-10-24T22:00:00Z", "2026-10-29T23:00:00Z"));
    CHECK(down(table, "reports") == "3 0 1 0 0");
    const auto empty = rates_of({}, {query::By::none, time::Every::day},
                                in_paris("2026-10-24T22:00:00Z", "2026-10-26T23:00:00Z"));
    CHECK(down(empty, "reports") == "0 0");
}

TEST_CASE("a series by definition has every bucket for each", "[answers]") {
    const auto table = rates_of(autumn(), {query::By::definition, time::Every::day}, in_paris());
    CHECK(down(table, "definition_id") == "d-1 d-1 d-1 d-1 d-2 d-2 d-2 d-2");
    CHECK(down(table, "type") == "import import import import export export export export");
    CHECK(down(table, "reports") == "1 2 0 1 0 1 0 0");
    CHECK(
        query_test::keys(table).starts_with("definition_id definition_name type bucket reports "));
}

TEST_CASE("the hour that occurs twice is two rows", "[answers]") {
    const std::vector<Made> reports{{"a", "SUCCESS", "2026-10-25T00:30:00Z"},
                                    {"b", "FAILURE", "2026-10-25T01:30:00Z"}};
    const auto table = rates_of(reports, {query::By::none, time::Every::hour}, in_paris());
    CHECK(down(table, "bucket") == "2026-10-25T02:00:00+02:00 2026-10-25T02:00:00+01:00");
    CHECK(down(table, "succeeded") == "1 0");
}

TEST_CASE("series of failures and durations", "[answers]") {
    const auto store = query_test::store_of(autumn());
    const query::Scope scope(store, in_paris());
    const query::GroupBy by{query::By::definition, time::Every::day};
    const auto failures = answers::failures_table(answers::failures(scope, by));
    CHECK(down(failures, "failed") == "0 1 0 0 0 1 0 0");
    CHECK(down(failures, "streak") == "- - - - - - - -");
    // From a2 at 22:00:00 on the 24th to the end of a3 at 23:59:59 on the 25th.
    CHECK(down(failures, "recoveries") == "0 1 0 0 0 0 0 0");
    CHECK(cell(failures, 1, "mean_recovery_seconds") == "93599");
    CHECK(total(failures, "recoveries") == "1");

    const auto durations = answers::durations_table(answers::durations(scope, by));
    CHECK(down(durations, "count") == "0 2 0 1 0 1 0 0");
    CHECK(down(durations, "max_seconds") == "- 3600 - 9 - 3 - -");
}

TEST_CASE("reports without updated_at count by created_at", "[answers]") {
    auto selection = in_paris();
    selection.at = store::WhichTime::updated;
    const auto table = rates_of(autumn(), {query::By::none, time::Every::day}, selection);
    CHECK(down(table, "bucket") ==
          "2026-10-24T00:00:00+02:00 2026-10-25T00:00:00+02:00 2026-10-26T00:00:00+01:00 "
          "2026-10-27T00:00:00+01:00");
    CHECK(down(table, "reports") == "1 2 1 1");
}

TEST_CASE("a series of too many buckets is refused", "[answers]") {
    const std::vector<Made> reports{{"a", "SUCCESS", "0001-01-01T00:00:00Z"},
                                    {"b", "SUCCESS", "2026-10-25T01:30:00Z"}};
    CHECK_THROWS_AS(rates_of(reports, {query::By::none, time::Every::hour}, in_paris()),
                    UsageError);
}

}  // namespace series_test
