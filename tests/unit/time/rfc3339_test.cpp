#include "core/time/rfc3339.hpp"

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include <boost/json.hpp>

namespace {

using jobtally::time::Duration;
using jobtally::time::format_seconds;
using jobtally::time::format_utc;
using jobtally::time::Instant;
using jobtally::time::instant_from_micros;
using jobtally::time::parse_rfc3339;

std::int64_t micros_read(std::string_view text) {
    INFO(text);
    const auto parsed = parse_rfc3339(text);
    REQUIRE(parsed.has_value());
    return jobtally::time::micros(*parsed);
}

std::string rfc3339_reason(std::string_view text) {
    const auto parsed = parse_rfc3339(text);
    return parsed ? "taken as " + format_utc(*parsed) : parsed.error().reason;
}

std::filesystem::path rfc3339_corpus() {
    const char* const set = std::getenv("JOBTALLY_CORPORA");
    const std::filesystem::path corpora =
        set ? std::filesystem::path{set}
            : std::filesystem::path{JOBTALLY_SOURCE_DIR} / "../shared/corpora";
    return corpora / "rfc3339/date-time.json";
}

}  // namespace

TEST_CASE("RFC 3339 times become microseconds of UTC", "[time]") {
    CHECK(micros_read("1970-01-01T00:00:00Z") == 0);
    CHECK(micros_read("2020-11-21T14:26:10.345Z") == 1605968770345000);
    CHECK(micros_read("2020-11-21t14:26:10.345z") == 1605968770345000);
    CHECK(micros_read("2020-11-21T15:26:10.345+01:00") == 1605968770345000);
    CHECK(micros_read("2020-11-21T08:56:10.345-05:30") == 1605968770345000);
    CHECK(micros_read("2020-11-21T14:26:10.345-00:00") == 1605968770345000);
    CHECK(micros_read("1969-12-31T23:59:59.999999Z") == -1);
    CHECK(micros_read("2000-02-29T12:00:00Z") == 951825600000000);
    CHECK(micros_read("2024-02-29T00:00:00Z") == 1709164800000000);
}

TEST_CASE("fraction digits beyond microseconds are cut off", "[time]") {
    CHECK(micros_read("1970-01-01T00:00:01.5Z") == 1500000);
    CHECK(micros_read("1970-01-01T00:00:01.000001Z") == 1000001);
    CHECK(micros_read("1970-01-01T00:00:01.0000019Z") == 1000001);
    CHECK(micros_read("1970-01-01T00:00:01.123456789Z") == 1123456);
    CHECK(micros_read("1970-01-01T00:00:01." + std::string(500, '9') + "Z") == 1999999);
    CHECK(micros_read("1969-12-31T23:59:59.0000009Z") == -1000000);
}

TEST_CASE("a leap second is the last microsecond before midnight UTC", "[time]") {
    const std::int64_t expected = micros_read("2016-12-31T23:59:59.999999Z");
    CHECK(micros_read("2016-12-31T23:59:60Z") == expected);
    CHECK(micros_read("2016-12-31T23:59:60.5Z") == expected);
    CHECK(micros_read("2017-01-01T00:59:60+01:00") == expected);
    CHECK(micros_read("2016-12-31T15:59:60.123-08:00") == expected);
    CHECK(micros_read("1965-12-31T23:59:60Z") < 0);
    CHECK(micros_read("9999-12-31T23:59:60Z") == micros_read("9999-12-31T23:59:59.999999Z"));
    CHECK(rfc3339_reason("2016-12-31T23:58:60Z") ==
          "a second 60 exists at 23:59:60 UTC only: \"2016-12-31T23:58:60Z\"");
    CHECK(rfc3339_reason("2016-12-31T23:59:60+01:00").starts_with("a second 60"));
    CHECK(rfc3339_reason("2016-12-31T23:59:61Z").starts_with("no such time of day"));
}

TEST_CASE("the years 0001 to 9999 are taken, written and in UTC", "[time]") {
    CHECK(format_utc(*parse_rfc3339("0001-01-01T00:00:00Z")) == "0001-01-01T00:00:00Z");
    CHECK(format_utc(*parse_rfc3339("9999-12-31T23:59:59.999999Z")) ==
          "9999-12-31T23:59:59.999999Z");
    const std::string reason = "not within the years 0001 to 9999";
    CHECK(rfc3339_reason("0000-12-31T23:59:59Z").starts_with(reason));
    CHECK(rfc3339_reason("0000-12-31T23:59:59-23:59").starts_with(reason));
    CHECK(rfc3339_reason("0001-01-01T00:00:00+00:01").starts_with(reason));
    CHECK(rfc3339_reason("9999-12-31T23:59:59-00:01").starts_with(reason));
    CHECK(micros_read("9999-12-31T23:59:59+00:01") > 0);
    CHECK(rfc3339_reason("-0001-01-01T00:00:00Z").starts_with("not an RFC 3339 time"));
    CHECK(rfc3339_reason("10000-01-01T00:00:00Z").starts_with("not an RFC 3339 time"));
}

TEST_CASE("days that the calendar lacks are refused", "[time]") {
    CHECK(rfc3339_reason("2026-02-30T00:00:00Z") == "no such day: \"2026-02-30T00:00:00Z\"");
    for (const char* date : {"2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "2026-04-31",
                             "2026-02-29", "1900-02-29", "2100-02-29"}) {
        CHECK(rfc3339_reason(date + std::string("T00:00:00Z")).starts_with("no such day"));
    }
}

TEST_CASE("what is not RFC 3339 to the letter is refused with the reason", "[time]") {
    CHECK(rfc3339_reason("yesterday") == "not an RFC 3339 time: \"yesterday\"");
    CHECK(rfc3339_reason("") == "not an RFC 3339 time: \"\"");
    for (const char* text : {"2026-11-01 00:00:00Z",
                             "2026-11-01T00:00:00",
                             "2026-11-01T00:00Z",
                             "2026-11-01T00:00:00.Z",
                             "2026-11-01T00:00:00,5Z",
                             "2026-11-01T00:00:00+0100",
                             "2026-11-01T00:00:00+01",
                             "2026-11-01T00:00:00+1:00",
                             "2026-11-01T00:00:00Z ",
                             " 2026-11-01T00:00:00Z",
                             "2026-11-01T00:00:00ZZ",
                             "2026-11-01T00:00:0/Z",
                             "2026-11-01T00:00:0:Z",
                             "2026/11/01T00:00:00Z",
                             "2026-11-01T00-00-00Z",
                             "2026-1a-01T00:00:00Z",
                             "2026-11-01T00:00:00+0a:00",
                             "2026-11-01T00:00:00*01:00",
                             "2026-11-01",
                             "20261101T000000Z",
                             "2026-11-01T00:00:00.5",
                             "2026-11-01T00:00:00+01:00Z",
                             "2026-11-01T00:00:00+01:000",
                             "2026-11-01T00:00:00.1.2Z",
                             "2026-11-01T-1:00:00Z"}) {
        CHECK(rfc3339_reason(text).starts_with("not an RFC 3339 time"));
    }
    CHECK(rfc3339_reason("2026-11-01T24:00:00Z").starts_with("no such time of day"));
    CHECK(rfc3339_reason("2026-11-01T00:60:00Z").starts_with("no such time of day"));
    CHECK(rfc3339_reason("2026-11-01T00:00:00+24:00").starts_with("no such offset"));
    CHECK(rfc3339_reason("2026-11-01T00:00:00+23:60").starts_with("no such offset"));
    CHECK(rfc3339_reason(std::string_view("2026-11-01T00:00:00Z\0", 21)).starts_with("not an"));
    CHECK(rfc3339_reason(std::string(100000, 'x')).size() < 100);
    CHECK(rfc3339_reason("a\nb\x1b[1m").find_first_of("\n\x1b") == std::string::npos);
}

TEST_CASE("UTC is printed with 0, 3 or 6 fraction digits", "[time]") {
    CHECK(format_utc(instant_from_micros(0)) == "1970-01-01T00:00:00Z");
    CHECK(format_utc(instant_from_micros(1605968770345000)) == "2020-11-21T14:26:10.345Z");
    CHECK(format_utc(instant_from_micros(1605968770345600)) == "2020-11-21T14:26:10.345600Z");
    CHECK(format_utc(instant_from_micros(-1)) == "1969-12-31T23:59:59.999999Z");
    CHECK(format_utc(jobtally::time::end_of_time) == "9999-12-31T23:59:59.999999Z");
    CHECK(format_utc(Instant::max()) == "9999-12-31T23:59:59.999999Z");
    CHECK(format_utc(Instant::min()) == "0001-01-01T00:00:00Z");
    std::string line = "at ";
    jobtally::time::append_utc(line, instant_from_micros(1000));
    CHECK(line == "at 1970-01-01T00:00:00.001Z");
}

TEST_CASE("lengths are printed as plain seconds", "[time]") {
    CHECK(format_seconds(Duration{0}) == "0");
    CHECK(format_seconds(Duration{1285000}) == "1.285");
    CHECK(format_seconds(Duration{1}) == "0.000001");
    CHECK(format_seconds(Duration{-1500000}) == "-1.5");
    CHECK(format_seconds(Duration{100000000}) == "100");
    CHECK(format_seconds(Duration{3600000000000000}) == "3600000000");
    CHECK(format_seconds(Duration::min()) == "-9223372036854.775808");
}

TEST_CASE("every instant survives printing and reading", "[time]") {
    std::mt19937_64 random{20261101};
    std::uniform_int_distribution<std::int64_t> anywhere{
        jobtally::time::micros(jobtally::time::earliest),
        jobtally::time::micros(jobtally::time::end_of_time) - 1};
    for (int i = 0; i < 200000; ++i) {
        const std::int64_t unit = i % 3 == 0 ? 1000000 : i % 3 == 1 ? 1000 : 1;
        const Instant at = instant_from_micros(anywhere(random) / unit * unit);
        const std::string text = format_utc(at);
        const auto parsed = parse_rfc3339(text);
        if (!parsed || *parsed != at) FAIL(text);
    }
    for (Instant day = jobtally::time::earliest; day < jobtally::time::end_of_time;
         day += std::chrono::days{1}) {
        const auto parsed = parse_rfc3339(format_utc(day));
        if (!parsed || *parsed != day) FAIL(format_utc(day));
    }
}

TEST_CASE("one changed byte never passes for something else", "[time]") {
    std::mt19937 random{7};
    const std::string good = "2024-02-29T23:59:59.123456+01:30";
    for (int i = 0; i < 200000; ++i) {
        std::string text = good;
        text[random() % text.size()] = static_cast<char>(random());
        if (random() % 4 == 0) text.resize(random() % text.size());
        const auto parsed = parse_rfc3339(text);
        if (!parsed) continue;
        const Instant again = *parse_rfc3339(format_utc(*parsed));
        if (again != *parsed) FAIL(text);
    }
}

TEST_CASE("the JSON Schema suite's date-times", "[time]") {
    const auto path = rfc3339_corpus();
    std::ifstream file{path};
    if (!file) {
        std::cerr << "skipped: no corpus rfc3339/date-time.json (set JOBTALLY_CORPORA)\n";
        return;
    }
    std::stringstream text;
    text << file.rdbuf();
    int cases = 0;
    const boost::json::value groups = boost::json::parse(text.str());
    for (const auto& group : groups.as_array()) {
        for (const auto& test : group.at("tests").as_array()) {
            const auto* const data = test.at("data").if_string();
            if (data == nullptr) continue;
            INFO(*data);
            CHECK(parse_rfc3339({data->data(), data->size()}).has_value() ==
                  test.at("valid").as_bool());
            ++cases;
        }
    }
    CHECK(cases > 20);
    std::cerr << "rfc3339/date-time.json: " << cases << " cases\n";
}
