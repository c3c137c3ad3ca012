#include "core/time/buckets.hpp"

#include "core/base/error.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"

namespace buckets_test {

using namespace jobtally::time;

Instant utc(std::string_view text) {
    return *parse_rfc3339(text);
}

// The edges as the zone's clock shows them.
std::vector<std::string> local_edges(Every every, const char* first, const char* last,
                                     const char* zone_name) {
    const Zone zone = Zone::named(zone_name);
    std::vector<std::string> texts;
    for (const Instant at : bucket_edges(every, utc(first), utc(last), zone, 1000)) {
        texts.push_back(format_local_rfc3339(at, zone));
    }
    return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("days are cut at local midnight, across both clock changes", "[time]") {
    CHECK(local_edges(Every::day, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "Europe/Paris") ==
          Texts{"2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00",
                "2026-03-31T00:00:00+02:00"});
    const auto autumn = bucket_edges(Every::day, utc("2026-10-24T22:00:00Z"),
                                     utc("2026-10-25T22:59:59Z"), Zone::named("Europe/Paris"), 9);
    REQUIRE(autumn.size() == 2);
    CHECK(autumn[1] - autumn[0] == std::chrono::hours{25});
    const auto spring = bucket_edges(Every::day, utc("2026-03-28T23:00:00Z"),
                                     utc("2026-03-29T21:59:59Z"), Zone::named("Europe/Paris"), 9);
    REQUIRE(spring.size() == 2);
    CHECK(spring[1] - spring[0] == std::chrono::hours{23});
}

TEST_CASE("an hour that occurs twice is two buckets, one that is skipped is none", "[time]") {
    CHECK(
        local_edges(Every::hour, "2026-10-25T00:10:00Z", "2026-10-25T02:10:00Z", "Europe/Paris") ==
        Texts{"2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00",
              "2026-10-25T04:00:00+01:00"});
    CHECK(local_edges(Every::hour, "2026-03-29T00:10:00Z", "2026-03-29T01:10:00Z",
                      "Europe/Paris") == Texts{"2026-03-29T01:00:00+01:00",
                                               "2026-03-29T03:00:00+02:00",
                                               "2026-03-29T04:00:00+02:00"});
}

TEST_CASE("clocks that change by half an hour make one longer and one shorter hour", "[time]") {
    // Lord Howe: 2026-04-05 02:00+11:00 -> 01:30+10:30; 2026-10-04 02:00+10:30 -> 02:30+11:00.
    CHECK(local_edges(Every::hour, "2026-04-04T14:45:00Z", "2026-04-04T15:30:00Z",
                      "Australia/Lord_Howe") == Texts{"2026-04-05T01:00:00+11:00",
                                                      "2026-04-05T02:00:00+10:30",
                                                      "2026-04-05T03:00:00+10:30"});
    CHECK(local_edges(Every::hour, "2026-10-03T15:00:00Z", "2026-10-03T15:45:00Z",
                      "Australia/Lord_Howe") == Texts{"2026-10-04T01:00:00+10:30",
                                                      "2026-10-04T02:30:00+11:00",
                                                      "2026-10-04T03:00:00+11:00"});
}

TEST_CASE("a day that the zone left out is no bucket", "[time]") {
    CHECK(local_edges(Every::day, "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z", "Pacific/Apia") ==
          Texts{"2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00",
                "2012-01-01T00:00:00+14:00", "2012-01-02T00:00:00+14:00"});
}

TEST_CASE("weeks begin on Monday, quarters with January, April, July and October", "[time]") {
    CHECK(local_edges(Every::week, "2026-11-22T12:00:00Z", "2026-11-23T00:00:00Z", "UTC") ==
          Texts{"2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"});
    CHECK(local_edges(Every::quarter, "2026-06-30T23:59:59Z", "2026-07-01T00:00:00Z", "UTC") ==
          Texts{"2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z"});
    CHECK(local_edges(Every::month, "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z", "UTC") ==
          Texts{"2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"});
    CHECK(local_edges(Every::year, "2026-12-31T00:00:00Z", "2026-12-31T00:00:00Z", "UTC") ==
          Texts{"2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"});
}

TEST_CASE("too many buckets are refused, as many as allowed are not", "[time]") {
    const auto first = utc("2026-01-01T00:00:00Z");
    CHECK(bucket_edges(Every::day, first, utc("2026-01-03T00:00:00Z"), Zone{}, 3).size() == 4);
    CHECK_THROWS_AS(bucket_edges(Every::day, first, utc("2026-01-04T00:00:00Z"), Zone{}, 3),
                    jobtally::UsageError);
    CHECK_THROWS_AS(every_named("fortnight"), jobtally::UsageError);
}

TEST_CASE("buckets have the calendar's names", "[time]") {
    const Zone paris = Zone::named("Europe/Paris");
    CHECK(bucket_name(Every::hour, utc("2026-10-25T00:00:00Z"), paris) == "2026-10-25 02:00 CEST");
    CHECK(bucket_name(Every::hour, utc("2026-10-25T01:00:00Z"), paris) == "2026-10-25 02:00 CET");
    CHECK(bucket_name(Every::hour, utc("2026-10-25T02:00:00Z"), paris) == "2026-10-25 03:00");
    CHECK(bucket_name(Every::day, utc("2026-10-24T22:00:00Z"), paris) == "2026-10-25");
    CHECK(bucket_name(Every::week, utc("2026-12-27T23:00:00Z"), paris) == "2026-W53");
    CHECK(bucket_name(Every::week, utc("2024-12-29T23:00:00Z"), paris) == "2025-W01");
    CHECK(bucket_name(Every::month, utc("2026-11-01T00:00:00Z"), Zone{}) == "2026-11");
    CHECK(bucket_name(Every::quarter, utc("2026-10-01T00:00:00Z"), Zone{}) == "2026-Q4");
    CHECK(bucket_name(Every::year, utc("2026-01-01T00:00:00Z"), Zone{}) == "2026");
}

}  // namespace buckets_test
