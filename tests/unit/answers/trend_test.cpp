// A character for each eighth of the window.
#include "core/answers/failures.hpp"
#include "core/answers/rates.hpp"
#include "core/query/counts.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

namespace trend_test {

using namespace jobtally;
using query_test::Made;

// From 00:00 to 08:00: an hour a character.
query::Selection eight_hours() {
    query::Selection selection;
    selection.span = {query_test::instant("2026-11-02T00:00:00Z"),
                      query_test::instant("2026-11-02T08:00:00Z")};
    return selection;
}

const std::vector<Made>& reports() {
    static const std::vector<Made> all{
        {"a", "SUCCESS", "00:00:00", "", "d", "D"}, {"b", "SUCCESS", "00:59:59", "", "d", "D"},
        {"c", "FAILURE", "01:00:00", "", "d", "D"}, {"e", "SUCCESS", "02:30:00", "", "d", "D"},
        {"f", "FAILURE", "02:40:00", "", "d", "D"}, {"g", "RUNNING", "03:40:00", "", "d", "D"},
        {"h", "FAILURE", "07:59:59", "", "d", "D"}, {"i", "FAILURE", "07:59:58", "", "d", "D"},
    };
    return all;
}

TEST_CASE("the trend of rates shows where not all succeeded", "[answers]") {
    const auto store = query_test::store_of(reports());
    const query::Scope scope(store, eight_hours());
    const auto ascii = answers::rates(scope, query::By::definition, table::Sparkline::ascii);
    CHECK(ascii.rows.at(0).trend == "@.=    .");  // half of two: 1 + floor(3.5)
    CHECK(ascii.total.trend == "@.=    .");
    const auto table = answers::rates_table(
        answers::rates(scope, query::By::definition, table::Sparkline::blocks));
    CHECK(query_test::keys(table).ends_with("last_created_at trend"));
    CHECK(query_test::cell(table, 0, "trend") == "█▁▄    ▁");
}

TEST_CASE("the trend of failures is to the scale of the worst eighth", "[answers]") {
    const auto store = query_test::store_of(reports());
    const query::Scope scope(store, eight_hours());
    const auto answer = answers::failures(scope, query::By::none, table::Sparkline::ascii);
    CHECK(answer.rows.at(0).trend == " ++    @");  // 1 of 2: 1 + round(3.5)
    CHECK(answer.total.trend == " ++    @");
}

TEST_CASE("there is no trend without a window of two ends", "[answers]") {
    const auto store = query_test::store_of(reports());
    const query::Scope scope(store, {});
    const auto answer = answers::rates(scope, query::By::definition, table::Sparkline::ascii);
    CHECK_FALSE(answer.has_trend);
    CHECK(query_test::keys(answers::rates_table(answer)).ends_with("last_created_at"));
}

}  // namespace trend_test
