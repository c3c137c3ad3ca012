// Percentiles, means and speeds.
#include "core/answers/durations.hpp"

#include "core/base/error.hpp"
#include "core/query/histogram.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

#include <algorithm>
#include <random>

namespace {

using namespace jobtally;
using query_test::cell;
using query_test::down;
using query_test::Made;
using query_test::total;

table::ResultTable durations_of(const std::vector<Made>& reports,
                                const answers::DurationsOptions& options = {},
                                query::By by = query::By::definition) {
    const auto store = query_test::store_of(reports);
    const query::Scope scope(store, {});
    return answers::durations_table(answers::durations(scope, by, options));
}

const std::vector<Made>& timed_reports() {
    static const std::vector<Made> reports{
        {"1", "SUCCESS", "01:00:00", "01:00:04", "d-1", "A", 100, 100, 0},
        {"2", "FAILURE", "02:00:00", "02:00:01.000001", "d-1", "A", 50, -1, -1},
        {"3", "SUCCESS", "03:00:00", "03:00:02", "d-1", "A"},           // records unknown
        {"4", "SUCCESS", "04:00:00", "03:59:59", "d-1", "A", 1, 1, 0},  // clock error
        {"5", "SUCCESS", "05:00:00", "", "d-1", "A", 1, 1, 0},          // no updated_at
        {"6", "RUNNING", "06:00:00", "06:30:00", "d-1", "A", 1, 1, 0},  // not finished
        {"7", "SUCCESS", "07:00:00", "07:00:00", "d-2", "B", 9, 9, 0},  // took no time
        {"8", "CANCELLED", "07:00:00", "07:00:03", "d-3", "C"},
    };
    return reports;
}

}  // namespace

TEST_CASE("durations have the contract's keys in its order", "[answers]") {
    CHECK(query_test::keys(durations_of({})) ==
          "definition_id definition_name type count min_seconds mean_seconds p50_seconds "
          "p90_seconds p95_seconds p99_seconds max_seconds total_seconds operations_per_second "
          "clock_errors");
    answers::DurationsOptions options;
    options.percentiles = query::Percentile::list("99.9,50.0,50");
    CHECK(query_test::keys(durations_of({}, options, query::By::none)) ==
          "count min_seconds mean_seconds p99.9_seconds p50_seconds max_seconds total_seconds "
          "operations_per_second clock_errors");
}

TEST_CASE("durations of each definition", "[answers]") {
    const auto table = durations_of(timed_reports());
    CHECK(down(table, "definition_name") == "A B C");
    CHECK(down(table, "count") == "3 1 0");
    CHECK(down(table, "min_seconds") == "1.000001 0 -");
    CHECK(down(table, "mean_seconds") == "2.333334 0 -");  // 7.000001 / 3, rounded once
    CHECK(down(table, "p50_seconds") == "2 0 -");
    CHECK(down(table, "p90_seconds") == "4 0 -");
    CHECK(down(table, "max_seconds") == "4 0 -");
    CHECK(down(table, "total_seconds") == "7.000001 0 0");
    CHECK(down(table, "clock_errors") == "1 0 0");
    CHECK(std::stod(cell(table, 0, "operations_per_second")) == Approx(150 / 5.000001));
    CHECK(cell(table, 1, "operations_per_second") == "");  // 9 / 0 s is no speed
    CHECK(total(table, "count") == "4");
    CHECK(total(table, "p50_seconds") == "1.000001");
    CHECK(total(table, "total_seconds") == "7.000001");
    CHECK(total(table, "clock_errors") == "1");
    CHECK(std::stod(total(table, "operations_per_second")) == Approx(159 / 5.000001));
}

TEST_CASE("percentiles are read to the letter", "[answers]") {
    CHECK(query::Percentile::named("50").text() == "50");
    CHECK(query::Percentile::named("050.50").text() == "50.5");
    CHECK(query::Percentile::named("100").rank(7) == 7);
    CHECK(query::Percentile::named("0.000001").rank(7) == 1);
    for (const char* bad :
         {"", "0", "0.0", "100.1", "-1", "+5", "1e1", "5.", ".", "abc", "1.2345678", "1000"}) {
        CHECK_THROWS_AS(query::Percentile::named(bad), UsageError);
    }
    CHECK_THROWS_AS(query::Percentile::list("50,"), UsageError);
    CHECK(query::Percentile::list("50,90,50").size() == 2);
}

TEST_CASE("ranks are exact", "[answers]") {
    CHECK(query::Percentile::named("99.9").rank(1000) ==
          999);  // 99.9 / 100 * 1000 is more in doubles
    CHECK(query::Percentile::named("50").rank(3) == 2);
    CHECK(query::Percentile::named("50").rank(4) == 2);
    CHECK(query::Percentile::named("29").rank(100) == 29);
    CHECK(query::Percentile::named("99.999999").rank(1'000'000'000'000) == 999'999'990'000);
}

TEST_CASE("values at ranks are those of the sorted values", "[answers]") {
    std::mt19937_64 random(7);
    for (const std::size_t size : {1u, 2u, 10u, 1000u, 5000u, 20'000u}) {
        std::vector<std::int64_t> values(size);
        for (auto& value : values) {
            value = static_cast<std::int64_t>(random() >> (random() % 64));  // of all magnitudes
            value &= INT64_MAX;
        }
        std::vector<std::int64_t> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        const auto count = static_cast<std::int64_t>(size);
        const std::vector<std::int64_t> ranks{1, (count + 1) / 2, (count + 1) / 2,
                                              (9 * count + 9) / 10, count};
        const auto found = query::values_at_ranks(values, ranks);
        REQUIRE(found.size() == ranks.size());
        for (std::size_t i = 0; i < ranks.size(); ++i) {
            CHECK(found[i] == sorted[static_cast<std::size_t>(ranks[i] - 1)]);
        }
    }
}

TEST_CASE("a small histogram is drawn for people who ask", "[answers]") {
    answers::DurationsOptions options;
    options.histogram = table::Sparkline::ascii;
    const auto table = durations_of(timed_reports(), options);
    CHECK(query_test::keys(table).ends_with("clock_errors histogram"));
    CHECK(cell(table, 0, "histogram").size() == 8);
    CHECK(cell(table, 1, "histogram") == "@       ");
    const auto heights = query::heights_of(std::vector<std::int64_t>{0, 1, 700, 350, 0, 0, 0, 0});
    CHECK(query::drawn_heights(heights, table::Sparkline::blocks) == " ▁█▅    ");
    const query::HistogramBounds same(5, 5);
    CHECK(same.count(std::vector<std::int64_t>{5, 5}).size() == 8);
}
