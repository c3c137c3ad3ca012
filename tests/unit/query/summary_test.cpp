// The digest.
#include "core/query/summary.hpp"

#include "core/model/rejection.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

namespace {

using namespace jobtally;
using query_test::down;
using query_test::Made;

const time::Instant clock_time = query_test::instant("2026-11-03T00:00:00Z");

const table::ResultTable& section(const query::SummaryAnswer& answer, const std::string& key) {
    for (const auto& each : answer.sections) {
        if (each.key == key) return each.table;
    }
    throw std::out_of_range(key);
}

}  // namespace

TEST_CASE("a summary names what is wrong, worst first", "[query]") {
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
    const auto answer = query::summary(scope, clock_time);
    CHECK(answer.headline ==
          "5 of 8 jobs succeeded (62.5 %), 3 partial, 1 empty, 1 running; 12,005 of 12,020 "
          "records; 1 rejected");
    CHECK(answer.rejected == 1);
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
}

TEST_CASE("a summary of good news has no problems", "[query]") {
    const auto store = query_test::store_of({{"a", "SUCCESS", "01:00:00", "", "d", "A", 3, 3, 0}});
    const query::Scope scope(store, {});
    const auto answer = query::summary(scope, clock_time);
    CHECK(answer.headline == "1 of 1 job succeeded (100.0 %); 3 of 3 records");
    CHECK_FALSE(answer.has_problems());
    const auto nothing = query::summary(query::Scope(query_test::store_of({}), {}), clock_time);
    CHECK(nothing.headline == "no finished jobs");
    CHECK_FALSE(nothing.has_problems());
}
