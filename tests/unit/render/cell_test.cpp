// How single cells and windows are spelled, for machines and for people.
#include "core/base/error.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/renderer.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/render/sample.hpp"

#include <limits>

namespace {

std::string shown(const jobtally::table::Cell& cell) {
    return jobtally::render::human_text(cell, {});
}

}  // namespace

TEST_CASE("people read rounded cells", "[render]") {
    using namespace jobtally::table;
    CHECK(shown({}) == "-");
    CHECK(shown(true) == "yes");
    CHECK(shown(false) == "no");
    CHECK(shown(std::int64_t{0}) == "0");
    CHECK(shown(std::int64_t{999}) == "999");
    CHECK(shown(std::int64_t{9999}) == "9,999");
    CHECK(shown(std::int64_t{10000}) == "10,000");
    CHECK(shown(std::int64_t{-10000}) == "-10,000");
    CHECK(shown(std::int64_t{-100000}) == "-100,000");
    CHECK(shown(std::int64_t{1234567}) == "1,234,567");
    CHECK(shown(std::numeric_limits<std::int64_t>::max()) == "9,223,372,036,854,775,807");
    CHECK(shown(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
    CHECK(shown(jobtally::time::Duration{1'285'000}) == "1.29 s");
    CHECK(shown(sample::at(1, 14, 26, 10)) == "2026-11-01 14:26");
    CHECK(shown(std::vector<std::string>{"a", "b\n", "c"}) == "a, b\\n, c");
    CHECK(shown(RawJson{"{\"a\": \"\x1b\"}"}) == "{\"a\": \"\\u{1b}\"}");
}

TEST_CASE("per cent never claims all or none falsely", "[render]") {
    using jobtally::table::Ratio;
    CHECK(shown(Ratio{0}) == "0.0 %");
    CHECK(shown(Ratio{1}) == "100.0 %");
    CHECK(shown(Ratio{0.985}) == "98.5 %");
    CHECK(shown(Ratio{0.9996}) == ">99.9 %");
    CHECK(shown(Ratio{0.9994}) == "99.9 %");
    CHECK(shown(Ratio{0.0004}) == "<0.1 %");
    CHECK(shown(Ratio{0.0006}) == "0.1 %");
    CHECK(shown(Ratio{1.2}) == "120.0 %");
    CHECK(shown(Ratio{std::numeric_limits<double>::quiet_NaN()}) == "-");
}

TEST_CASE("numbers have about three digits", "[render]") {
    using jobtally::table::Number;
    CHECK(shown(Number{0}) == "0");
    CHECK(shown(Number{0.00123}) == "0.00123");
    CHECK(shown(Number{1.286}) == "1.29");
    CHECK(shown(Number{9.996}) == "10.0");
    CHECK(shown(Number{123.44}) == "123.4");
    CHECK(shown(Number{999.96}) == "1,000");
    CHECK(shown(Number{-12345.6}) == "-12,346");
    CHECK(shown(Number{std::numeric_limits<double>::infinity()}) == "-");
}

TEST_CASE("machines read exact cells", "[render]") {
    using jobtally::render::machine_text;
    using namespace jobtally::table;
    CHECK(machine_text({}).empty());
    CHECK(machine_text(true) == "true");
    CHECK(machine_text(std::int64_t{-12345}) == "-12345");
    CHECK(machine_text(Number{0.1}) == "0.1");
    CHECK(machine_text(Number{1e300}) == "1e+300");
    CHECK(machine_text(Number{std::numeric_limits<double>::infinity()}).empty());
    CHECK(machine_text(Ratio{1.0 / 3}) == "0.3333333333333333");
    CHECK(machine_text(Ratio{1}) == "1");
    CHECK(machine_text(jobtally::time::Duration{1'285'000}) == "1.285");
    CHECK(machine_text(sample::at(1, 14, 26, 10)) == "2026-11-01T14:26:10Z");
    CHECK(machine_text(std::string{"a\tb"}) == "a\\tb");
    CHECK(machine_text(std::vector<std::string>{"a", "b"}) == "a; b");
}

TEST_CASE("windows are told in words", "[render]") {
    using jobtally::render::window_text;
    jobtally::table::Window window = sample::window();
    CHECK(window_text(window, {}) == "2026-11-01 00:00 to 2026-11-08 00:00 UTC, by created_at");
    window.span.until = sample::at(8, 1, 2, 3);
    window.at = "received";
    CHECK(window_text(window, {}) == "2026-11-01 00:00 to 2026-11-08 01:02:03 UTC, by received_at");
    window.span.until.reset();
    CHECK(window_text(window, {}) == "since 2026-11-01 00:00 UTC, by received_at");
    window.span = {{}, sample::at(8, 0, 0)};
    CHECK(window_text(window, {}) == "before 2026-11-08 00:00 UTC, by received_at");
    window.span = {};
    CHECK(window_text(window, {}) == "all reports");
}

TEST_CASE("people read local times, right across the clock change", "[render]") {
    jobtally::render::Style style;
    style.zone = jobtally::time::Zone::named("Europe/Paris");
    using namespace std::chrono;
    const auto sunday = sys_days{year{2026} / 10 / 25};
    CHECK(jobtally::render::human_text(sunday + hours{0}, style) == "2026-10-25 02:00");
    CHECK(jobtally::render::human_text(sunday + hours{1}, style) == "2026-10-25 02:00");
    const jobtally::table::Window window{
        {sunday - hours{2}, sunday + hours{23}}, "Europe/Paris", "created", {}};
    CHECK(jobtally::render::window_text(window, style) ==
          "2026-10-25 00:00 to 2026-10-26 00:00 Europe/Paris, by created_at");
}

TEST_CASE("formats have names and file endings", "[render]") {
    using namespace jobtally::render;
    CHECK(format_named("table") == Format::table);
    CHECK(format_named("ndjson") == Format::ndjson);
    CHECK(format_named("html") == Format::html);
    CHECK_THROWS_AS(format_named("CSV"), jobtally::UsageError);
    CHECK_THROWS_WITH(format_named("xml\x1b"), "no format \"xml\\u{1b}\"");
    CHECK(format_of_file("out/rates.csv") == Format::csv);
    CHECK(format_of_file("RATES.JSON") == Format::json);
    CHECK(format_of_file("a.jsonl") == Format::ndjson);
    CHECK(format_of_file("a.md") == Format::markdown);
    CHECK(format_of_file("a.txt") == Format::table);
    CHECK_FALSE(format_of_file("a.xlsx"));
    CHECK_FALSE(format_of_file("csv"));
    CHECK_FALSE(format_of_file(".csv"));
}
