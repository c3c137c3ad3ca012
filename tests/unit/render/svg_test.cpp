// The drawings, with places computed by hand.
#include "core/render/page/chart_parts.hpp"
#include "core/render/page/charts.hpp"
#include "tests/support/catch.hpp"

#include <chrono>

namespace svg_test {
namespace {

using namespace jobtally;
using namespace std::chrono_literals;
using render::DayKind;
using table::Ends;

std::chrono::local_days day(int month, int day) {
    using namespace std::chrono;
    return local_days{year{2026} / month / day};
}

std::size_t occurrences(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

bool has(std::string_view text, std::string_view part) {
    return occurrences(text, part) > 0;
}

// Two days: 4 reports (one partial, one failed), then none.
table::DaysChart two_days() {
    const Ends ends{4, 3, 1, 1};
    table::DaysChart chart;
    chart.days = {day(11, 15), day(11, 16)};
    chart.totals = {ends, {}};
    chart.definitions = {{"d", "A <b>", {ends, {}}, ends}};
    return chart;
}

}  // namespace

TEST_CASE("ticks of counts are round and reach the most", "[render]") {
    using Ticks = std::vector<std::int64_t>;
    CHECK(render::count_ticks(0) == Ticks{0, 1});
    CHECK(render::count_ticks(1) == Ticks{0, 1});
    CHECK(render::count_ticks(4) == Ticks{0, 1, 2, 3, 4});
    CHECK(render::count_ticks(5) == Ticks{0, 2, 4, 6});
    CHECK(render::count_ticks(43) == Ticks{0, 20, 40, 60});
    CHECK(render::count_ticks(400) == Ticks{0, 100, 200, 300, 400});
    CHECK(render::count_ticks(401) == Ticks{0, 200, 400, 600});
    CHECK(render::count_ticks(2001) == Ticks{0, 1000, 2000, 3000});
    CHECK(render::count_ticks(INT64_MAX).size() == 5);
}

TEST_CASE("an axis of shares begins below the least", "[render]") {
    CHECK(render::share_floor(1) == 0.99);
    CHECK(render::share_floor(0.94) == 0.9);
    CHECK(render::share_floor(0.9) == 0.8);
    CHECK(render::share_floor(0.5) == 0);
    CHECK(render::share_floor(0) == 0);
}

TEST_CASE("days are named", "[render]") {
    CHECK(render::day_text(day(11, 16)) == "Mon 16 Nov 2026");
    CHECK(render::short_day_text(day(2, 1)) == "1 Feb");
    std::vector<std::chrono::local_days> days;
    for (int i = 0; i < 10; ++i) days.push_back(day(11, 14) + std::chrono::days{i});
    const auto mondays = render::day_ticks(days);
    REQUIRE(mondays.size() == 2);
    CHECK((mondays[0].place == 2 && mondays[0].label == "16 Nov"));
    for (int i = 10; i < 80; ++i) days.push_back(day(11, 14) + std::chrono::days{i});
    const auto months = render::day_ticks(days);
    REQUIRE(months.size() == 3);  // 14 November to 1 February
    CHECK((months[0].place == 17 && months[0].label == "Dec"));
    CHECK((months[2].place == 79 && months[2].label == "Feb"));
}

TEST_CASE("coordinates have at most one decimal", "[render]") {
    CHECK(render::coordinate(12) == "12");
    CHECK(render::coordinate(12.54) == "12.5");
    CHECK(render::coordinate(-0.01) == "0");
    CHECK(render::coordinate(-3.25) == "-3.2");
}

TEST_CASE("how a day ended, in words", "[render]") {
    CHECK(render::ends_text({}) == "no reports");
    CHECK(render::ends_text({1, 1, 0, 0}) == "1 report: 1 succeeded (100.0 %)");
    CHECK(render::ends_text({5, 3, 1, 1}) ==
          "5 reports: 3 succeeded (75.0 %), 1 of them partial; 1 failed; 1 not finished");
    CHECK(render::ends_text({2, 0, 0, 0}) == "2 reports, none finished");
}

TEST_CASE("how a day ended, as a sign", "[render]") {
    CHECK(render::kind_of({}) == DayKind::none);
    CHECK(render::kind_of({2, 0, 0, 0}) == DayKind::unfinished);
    CHECK(render::kind_of({2, 2, 0, 0}) == DayKind::clean);
    CHECK(render::kind_of({2, 2, 1, 0}) == DayKind::partial);
    CHECK(render::kind_of({2, 1, 1, 1}) == DayKind::some_failed);
    CHECK(render::kind_of({2, 0, 0, 2}) == DayKind::all_failed);
}

// A day is (960 - 56 - 14) / 2 = 445 wide: the middle of the first is at 278.5. Shares stand
// between 0.5 (y 114) and 1 (y 30): 0.75 is at 72. Of 0 to 4 jobs in 140 units one is 35 high.
TEST_CASE("bars of days", "[render]") {
    const auto svg = render::svg_days(two_days());
    CHECK(has(svg,
              "aria-label=\"Sun 15 Nov 2026 to Mon 16 Nov 2026: 4 reports: 3 succeeded "
              "(75.0 %), 1 of them partial; 1 failed; failures on 1 of 2 days\""));
    CHECK(has(svg, R"(<path class="line" d="M278.5 72"/>)"));
    CHECK(has(
        svg,
        R"(<title>Sun 15 Nov 2026: 4 reports: 3 succeeded (75.0 %), 1 of them partial; 1 failed</title><rect class="hit" x="56" y="22" width="445" height="278"/>)"));
    CHECK(has(svg, R"(<rect class="clean" x="265.5" y="230" width="26" height="70"/>)"
                   R"(<rect class="partial" x="265.5" y="195" width="26" height="35"/>)"
                   R"(<rect class="failed" x="265.5" y="160" width="26" height="35"/>)"
                   "<text class=\"count\" x=\"278.5\" y=\"155\">1</text>\n</g>"));
    CHECK(has(svg, "<title>Mon 16 Nov 2026: no reports</title>"));
    CHECK(occurrences(svg, "class=\"mark\"") == 2);
    CHECK(has(svg, R"(<text class="x" x="723.5" y="322">16 Nov</text>)"));
}

TEST_CASE("one failure among thousands is seen", "[render]") {
    auto chart = two_days();
    chart.totals[1] = {10000, 9999, 0, 1};
    CHECK(has(render::svg_days(chart), R"(width="26" height="3"/><text class="count")"));
}

TEST_CASE("a strip of days", "[render]") {
    const auto chart = two_days();
    CHECK(
        render::svg_strip(chart, chart.definitions[0], {}) ==
        R"(<svg class="strip" width="40" height="22" viewBox="0 0 40 22" preserveAspectRatio="none" role="img" aria-label="A &lt;b&gt;: 4 reports: 3 succeeded (75.0 %), 1 of them partial; 1 failed; failed on 15 Nov; partial on 15 Nov">
<use href="#s-some" x="0"><title>Sun 15 Nov 2026: 4 reports: 3 succeeded (75.0 %), 1 of them partial; 1 failed</title></use>
<use href="#s-none" x="20"><title>Mon 16 Nov 2026: no reports</title></use></svg>)");
}

TEST_CASE("a long strip names ten days and counts the others", "[render]") {
    table::DaysChart chart;
    for (int i = 0; i < 70; ++i) chart.days.push_back(day(1, 1) + std::chrono::days{i});
    chart.totals.resize(70);
    const std::vector<Ends> days(70, Ends{1, 0, 0, 1});
    const auto strip = render::svg_strip(chart, {"d", "A", days, {70, 0, 0, 70}}, {});
    CHECK(has(strip,
              "; failed on 1 Jan, 2 Jan, 3 Jan, 4 Jan, 5 Jan, 6 Jan, 7 Jan, 8 Jan, 9 Jan, "
              "10 Jan and 60 more\""));
    CHECK(has(strip, "class=\"strip narrow\" width=\"490\" height=\"22\" viewBox=\"0 0 1400 22\""));
    CHECK(occurrences(strip, "href=\"#s-all\"") == 70);
}

TEST_CASE("charts without anything say so", "[render]") {
    table::DaysChart chart;
    chart.days = {day(11, 16)};
    chart.totals.resize(1);
    CHECK(has(render::html_days(chart, {}), "<p class=\"none\">no reports</p>"));
    CHECK(has(render::html_grid(chart, {}), "<p class=\"none\">no reports</p>"));
}

TEST_CASE("a grid says what does not fit, and where its days are cut", "[render]") {
    auto chart = two_days();
    using namespace std::chrono;
    chart.span = {sys_days{year{2026} / 11 / 15}, sys_days{year{2026} / 11 / 16} + 8h + 30min};
    chart.more = 3;
    CHECK(has(render::html_grid(chart, {}),
              "<p class=\"more\">and 3 more definitions, none of them with failures</p>"));
    chart.more_failed = 2;
    const auto grid = render::html_grid(chart, {});
    CHECK(has(grid, "and 3 more definitions, 2 of them with failures</p>"));
    CHECK(has(grid, "2 days, Sun 15 Nov 2026 to Mon 16 Nov 2026 08:30, worst first"));
    CHECK(has(grid, "data-value=\"A &lt;b&gt;\""));
    for (const char* sign : {"none", "clean", "partial", "some", "all", "open"}) {
        CHECK(occurrences(grid, std::string("<symbol id=\"s-") + sign + "\"") == 1);
        CHECK(has(grid, std::string("<use href=\"#s-") + sign + "\"/></svg> "));
    }
}

}  // namespace svg_test
