// The charts of the summary's page: which days, which definitions, and what they count.
#include "core/digest/page.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_store.hpp"

namespace {

using namespace jobtally;
using query_test::instant;
using query_test::Made;
using table::Ends;

query::Selection selection_of(std::string_view since, std::string_view until,
                              const std::string& zone = "UTC") {
    query::Selection selection;
    if (!since.empty()) selection.span.since = instant(since);
    if (!until.empty()) selection.span.until = instant(until);
    selection.zone = time::Zone::named(zone);
    return selection;
}

std::string iso(std::chrono::local_days day) {
    return time::format_utc(time::Instant{day.time_since_epoch()}).substr(0, 10);
}

// `first last count`
std::string days_of(const digest::Charted& charted) {
    return iso(charted.days.front()) + " " + iso(charted.days.back()) + " " +
           std::to_string(charted.days.size());
}

std::string span_of(const digest::Charted& charted) {
    return time::format_utc(*charted.selection.span.since) + " " +
           time::format_utc(*charted.selection.span.until);
}

const auto now = instant("2026-11-22T08:30:00Z");

}  // namespace

TEST_CASE("a short window is charted with 30 days up to its end", "[digest]") {
    const auto store = query_test::store_of({});
    const query::Scope scope(store, selection_of("2026-11-21T08:30:00Z", "2026-11-22T08:30:00Z"));
    const auto charted = digest::charted(scope, now);
    CHECK(days_of(charted) == "2026-10-24 2026-11-22 30");
    CHECK(span_of(charted) == "2026-10-24T00:00:00Z 2026-11-22T08:30:00Z");
    const query::Scope yesterday(store,
                                 selection_of("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"));
    CHECK(days_of(digest::charted(yesterday, now)) == "2026-10-23 2026-11-21 30");
}

TEST_CASE("a long window is charted whole, up to a year and up to now", "[digest]") {
    const auto store = query_test::store_of({});
    const query::Scope quarter(store, selection_of("2026-08-22T08:30:00Z", "2026-11-22T08:30:00Z"));
    CHECK(span_of(digest::charted(quarter, now)) == "2026-08-22T08:30:00Z 2026-11-22T08:30:00Z");
    const query::Scope ages(store, selection_of("2020-01-01T00:00:00Z", "2026-11-22T08:30:00Z"));
    CHECK(days_of(digest::charted(ages, now)) == "2025-11-22 2026-11-22 366");
    const query::Scope year(store, selection_of("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"));
    CHECK(days_of(digest::charted(year, now)) == "2026-01-01 2026-11-22 326");
}

TEST_CASE("a window without a beginning begins with the first report", "[digest]") {
    const auto store = query_test::store_of(
        {{"a", "SUCCESS", "2026-09-01T10:00:00Z"}, {"b", "SUCCESS", "2026-11-22T09:00:00Z"}});
    const auto charted = digest::charted(query::Scope(store, {}), now);
    CHECK(days_of(charted) == "2026-09-01 2026-11-22 83");
    CHECK(span_of(charted) == "2026-09-01T00:00:00Z 2026-11-23T00:00:00Z");
    CHECK(days_of(digest::charted(query::Scope(query_test::store_of({}), {}), now)) ==
          "2026-10-24 2026-11-22 30");
}

// 25 October 2026 has 25 hours in Berlin: from 22:00 UTC of the 24th to 23:00 UTC.
TEST_CASE("days are local, across a change of the clock", "[digest]") {
    const auto store = query_test::store_of({
        {"a", "SUCCESS", "2026-10-24T21:59:59Z", "", "d", "A", 1, 1, 0},
        {"b", "SUCCESS", "2026-10-24T22:00:00Z", "", "d", "A", 2, 1, 1},
        {"c", "FAILURE", "2026-10-25T22:59:59Z", "", "d", "A", 0, 0, 0},
        {"d", "RUNNING", "2026-10-25T23:00:00Z", "", "d", "A"},
    });
    const query::Scope scope(
        store, selection_of("2026-10-26T00:00:00Z", "2026-10-27T12:00:00Z", "Europe/Berlin"));
    const auto charted = digest::charted(scope, now);
    CHECK(days_of(charted) == "2026-09-28 2026-10-27 30");
    CHECK(span_of(charted) == "2026-09-27T22:00:00Z 2026-10-27T12:00:00Z");
    const auto chart = digest::days_chart(store, charted);
    CHECK(chart.totals[26] == Ends{1, 1, 0, 0});
    CHECK(chart.totals[27] == Ends{2, 1, 1, 1});
    CHECK(chart.totals[28] == Ends{1, 0, 0, 0});
    CHECK(chart.totals[29] == Ends{});
    REQUIRE(chart.definitions.size() == 1);
    CHECK(chart.definitions[0].days == chart.totals);
    CHECK(chart.definitions[0].all == Ends{4, 2, 1, 1});
}

TEST_CASE("definitions come worst first, with labels that differ", "[digest]") {
    const auto store = query_test::store_of({
        {"a1", "SUCCESS", "01:00:00", "", "d-1", "Twin", 1, 1, 0},
        {"a2", "SUCCESS", "02:00:00", "", "d-2", "Twin", 2, 1, 1},
        {"a3", "FAILURE", "03:00:00", "", "d-3", ""},
        {"a4", "FAILURE", "03:00:00", "", "d-4", "Often"},
        {"a5", "FAILURE", "04:00:00", "", "d-4", "Often"},
        {"a6", "RUNNING", "05:00:00"},
    });
    const query::Scope scope(store, selection_of("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z"));
    const auto chart = digest::days_chart(store, digest::charted(scope, now));
    std::string labels;
    for (const auto& definition : chart.definitions) labels += definition.label + "|";
    CHECK(labels == "Often|d-3|Twin (d-2)|Twin (d-1)|(no definition)|");
    CHECK(chart.more == 0);
}

TEST_CASE("what does not fit is counted", "[digest]") {
    std::vector<Made> reports;
    for (int i = 0; i < 45; ++i) {
        const auto number = std::to_string(100 + i);
        reports.push_back({"r" + number, i < 42 ? "FAILURE" : "SUCCESS", "01:00:00", "01:00:01",
                           "d" + number, "N" + number});
    }
    const auto store = query_test::store_of(reports);
    const query::Scope scope(store, selection_of("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"));
    const auto charted = digest::charted(scope, now);
    const auto chart = digest::days_chart(store, charted);
    CHECK(chart.definitions.size() == 40);
    CHECK(chart.more == 5);
    CHECK(chart.more_failed == 2);
    CHECK(chart.totals.back() == Ends{45, 3, 0, 42});
    const query::Scope year(store, selection_of("2025-11-03T00:00:00Z", "2026-11-03T00:00:00Z"));
    CHECK(digest::days_chart(store, digest::charted(year, now)).definitions.size() == 8000 / 365);
}

TEST_CASE("a page has a verdict and figures in large type", "[digest]") {
    const auto page_of = [](const store::Store& store) {
        const query::Scope scope(store,
                                 selection_of("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"));
        return digest::summary_page(scope, digest::summary(scope, now), now);
    };
    const auto nothing = page_of(query_test::store_of({}));
    CHECK(nothing.page->verdict == table::Verdict::nothing);
    CHECK(nothing.page->tiles.size() == 6);
    CHECK(nothing.page->tiles[0].figure.value == table::Cell{});
    const auto well = page_of(
        query_test::store_of({{"a", "SUCCESS", "01:00:00", "01:00:02", "d", "A", 3, 3, 0}}));
    CHECK(well.page->verdict == table::Verdict::well);
    CHECK(well.page->tiles[0].figure.value == table::Cell{table::Ratio{1}});
    CHECK(well.page->tiles[4].figure.value == table::Cell{time::Duration{2'000'000}});
    const auto bad = page_of(query_test::store_of({{"a", "FAILURE", "01:00:00", "", "d", "A"}}));
    CHECK(bad.page->verdict == table::Verdict::attention);
    const auto& details = bad.page->details;
    REQUIRE(details.size() == 3);
    CHECK(details[0].table.empty_note == "no durations known");
    CHECK(details[0].table.rows.empty());
    CHECK(details[2].key == "newest_failures");
    CHECK(details[2].table.rows.size() == 1);
}

TEST_CASE("a page's durations come slowest median first, with the spread in pictures", "[digest]") {
    const auto store = query_test::store_of({
        {"a", "SUCCESS", "01:00:00", "01:00:01", "d-1", "Quick", 1, 1, 0},
        {"b", "SUCCESS", "02:00:00", "02:00:01", "d-1", "Quick", 1, 1, 0},
        {"c", "SUCCESS", "01:00:00", "01:00:30", "d-2", "Slow", 1, 1, 0},
        {"d", "RUNNING", "01:00:00", "01:00:30", "d-3", "Open"},
    });
    const query::Scope scope(store, selection_of("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"));
    const auto page = digest::summary_page(scope, digest::summary(scope, now), now);
    const auto& table = page.page->details[0].table;
    REQUIRE(table.rows.size() == 2);
    CHECK(table.columns[5].title == "1.00 s to 30 s");
    CHECK(table.rows[0][0] == table::Cell{std::string("Slow")});
    CHECK(table.rows[0][5] == table::Cell{std::string(31, ' ') + "█"});
    CHECK(table.rows[1][1] == table::Cell{std::int64_t{2}});
    CHECK(table.rows[1][5] == table::Cell{"█" + std::string(31, ' ')});
    CHECK(table.total.value()[5] == table::Cell{"█" + std::string(30, ' ') + "▅"});
}
