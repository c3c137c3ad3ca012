#include "core/time/zone.hpp"

#include "core/base/error.hpp"
#include "core/time/rfc3339.hpp"
#include "core/time/zone_rules.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <random>

#include <date/tz.h>

namespace {

using jobtally::time::Instant;
using jobtally::time::LocalTime;
using jobtally::time::parse_rfc3339;
using jobtally::time::Zone;

Instant utc(std::string_view text) {
    const auto parsed = parse_rfc3339(text);
    INFO(text);
    REQUIRE(parsed.has_value());
    return *parsed;
}

LocalTime wall(const std::string& text) {
    return LocalTime{utc(text + "Z").time_since_epoch()};
}

// Sets a variable of the environment for one test, and puts back what was there.
class Setting {
  public:
    Setting(const char* name, const char* value) : m_name(name) {
        if (const char* const old = std::getenv(name)) m_old = old;
        set(value);
    }
    ~Setting() { set(m_old ? m_old->c_str() : nullptr); }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;

  private:
    void set(const char* value) {
        if (value != nullptr)
            setenv(m_name, value, 1);
        else
            unsetenv(m_name);
    }
    const char* m_name;
    std::optional<std::string> m_old;
};

std::string zone_error(std::string_view name) {
    try {
        return "taken as " + Zone::named(name).name();
    } catch (const jobtally::UsageError& error) {
        return std::string{error.what()} + " / " + error.hint();
    }
}

Zone zone_of_tz(const char* tz) {
    const Setting setting{"TZ", tz};
    return Zone::system();
}

std::chrono::seconds offset_by_rule(std::string_view rule, std::string_view at) {
    const auto parsed = jobtally::time::PosixRule::parse(rule);
    REQUIRE(parsed.has_value());
    return parsed->era_at(std::chrono::floor<std::chrono::seconds>(utc(at))).type->offset;
}

}  // namespace

TEST_CASE("UTC needs no zone database", "[time]") {
    const Setting nowhere{"TZDIR", "/nonexistent"};
    CHECK(Zone{}.name() == "UTC");
    CHECK(Zone::named("UTC").name() == "UTC");
    CHECK(Zone::named("utc").name() == "UTC");
    CHECK(zone_of_tz("").name() == "UTC");
    CHECK(zone_of_tz("UTC0").offset_at(Instant{}) == std::chrono::seconds{0});
    CHECK(Zone{}.offset_at(Instant::max()).count() == 0);
    CHECK(Zone{}.abbreviation_at(Instant{}) == "UTC");
    CHECK(Zone{}.to_utc(wall("2026-03-29T02:30:00")) == utc("2026-03-29T02:30:00Z"));
    CHECK(zone_error("Europe/Berlin") ==
          "no such time zone: \"Europe/Berlin\" / there is no time zone database in "
          "\"/nonexistent\": install tzdata, or use \"UTC\"");
}

TEST_CASE("offsets change with the clock", "[time]") {
    const Zone berlin = Zone::named("Europe/Berlin");
    CHECK(berlin.name() == "Europe/Berlin");
    CHECK(berlin.offset_at(utc("2026-03-29T00:59:59.999999Z")) == std::chrono::hours{1});
    CHECK(berlin.offset_at(utc("2026-03-29T01:00:00Z")) == std::chrono::hours{2});
    CHECK(berlin.offset_at(utc("2026-10-25T00:59:59.999999Z")) == std::chrono::hours{2});
    CHECK(berlin.offset_at(utc("2026-10-25T01:00:00Z")) == std::chrono::hours{1});
    CHECK(berlin.abbreviation_at(utc("2026-07-01T00:00:00Z")) == "CEST");
    CHECK(berlin.abbreviation_at(utc("2026-01-01T00:00:00Z")) == "CET");
    CHECK(Zone::named("Asia/Dubai").abbreviation_at(Instant{}) == "+04");
    CHECK(Zone::named("Asia/Kathmandu").offset_at(utc("2026-01-01T00:00:00Z")) ==
          std::chrono::minutes{345});
    // Beyond the last change that the file lists, too.
    CHECK(berlin.offset_at(utc("2051-07-01T00:00:00Z")) == std::chrono::hours{2});
    CHECK(berlin.offset_at(utc("2051-12-01T00:00:00Z")) == std::chrono::hours{1});
    CHECK(berlin.offset_at(utc("9999-07-01T00:00:00Z")) == std::chrono::hours{2});
    CHECK(berlin.to_local(utc("2026-10-25T01:30:00Z")) == wall("2026-10-25T02:30:00"));
}

TEST_CASE("local times that occur twice or never have one instant", "[time]") {
    const Zone berlin = Zone::named("Europe/Berlin");
    CHECK(berlin.to_utc(wall("2026-10-25T02:30:00")) == utc("2026-10-25T00:30:00Z"));
    CHECK(berlin.to_utc(wall("2026-10-25T02:00:00")) == utc("2026-10-25T00:00:00Z"));
    CHECK(berlin.to_utc(wall("2026-10-25T03:00:00")) == utc("2026-10-25T02:00:00Z"));
    CHECK(berlin.to_utc(wall("2026-03-29T01:59:59")) == utc("2026-03-29T00:59:59Z"));
    CHECK(berlin.to_utc(wall("2026-03-29T02:00:00")) == utc("2026-03-29T01:00:00Z"));
    CHECK(berlin.to_utc(wall("2026-03-29T02:59:59.5")) == utc("2026-03-29T01:00:00Z"));
    CHECK(berlin.to_utc(wall("2026-03-29T03:00:00")) == utc("2026-03-29T01:00:00Z"));
    // Midnight itself is skipped or occurs twice.
    CHECK(Zone::named("Africa/Cairo").to_utc(wall("2026-04-24T00:00:00")) ==
          utc("2026-04-23T22:00:00Z"));
    CHECK(Zone::named("America/Havana").to_utc(wall("2025-11-02T00:00:00")) ==
          utc("2025-11-02T04:00:00Z"));
    // A whole day is skipped: Apia went from December 29th to the 31st.
    CHECK(Zone::named("Pacific/Apia").to_utc(wall("2011-12-30T12:00:00")) ==
          utc("2011-12-30T10:00:00Z"));
}

TEST_CASE("names that leave the database or are none are refused", "[time]") {
    for (const char* name : {"", "Europe/Nowhere", "Europe", "../../etc/passwd", "/etc/localtime",
                             "Europe/../Europe/Berlin", "./UTC", "zone.tab", "leapseconds",
                             "CET-1CEST", "Europe/Berlin\n", "+01:00"}) {
        CHECK(zone_error(name).starts_with("no such time zone: "));
    }
    CHECK(zone_error("Mars/Base") ==
          "no such time zone: \"Mars/Base\" / zones are named as in \"Europe/Berlin\", "
          "\"America/New_York\" or \"UTC\"");
}

TEST_CASE("TZ is read as other programs read it", "[time]") {
    const Instant summer = utc("2026-07-01T00:00:00Z");
    CHECK(zone_of_tz("Europe/Paris").name() == "Europe/Paris");
    CHECK(zone_of_tz(":Europe/Paris").name() == "Europe/Paris");
    CHECK(zone_of_tz(":").name() == "UTC");
    CHECK(zone_of_tz("CET-1CEST,M3.5.0,M10.5.0/3").abbreviation_at(summer) == "CEST");
    CHECK(zone_of_tz("CET-1CEST").offset_at(summer) == std::chrono::hours{2});
    CHECK(zone_of_tz("<+0530>-5:30").offset_at(summer) == std::chrono::minutes{330});
    CHECK_THROWS_AS(zone_of_tz("Europe/Nowhere"), jobtally::UsageError);
    CHECK_THROWS_AS(zone_of_tz("../x"), jobtally::UsageError);
    const Setting none{"TZ", nullptr};
    CHECK_FALSE(Zone::system().name().empty());
}

TEST_CASE("POSIX rules", "[time]") {
    using std::chrono::hours;
    const char* const berlin = "CET-1CEST,M3.5.0,M10.5.0/3";  // week 5 is the last, not the fifth
    CHECK(offset_by_rule(berlin, "2026-03-29T00:59:59Z") == hours{1});
    CHECK(offset_by_rule(berlin, "2026-03-29T01:00:00Z") == hours{2});
    CHECK(offset_by_rule(berlin, "2026-10-25T00:59:59Z") == hours{2});
    CHECK(offset_by_rule(berlin, "2026-10-25T01:00:00Z") == hours{1});
    CHECK(offset_by_rule(berlin, "2028-10-29T00:59:59Z") == hours{2});
    const char* const dublin = "IST-1GMT0,M10.5.0,M3.5.0/1";  // the winter is its "summer time"
    CHECK(offset_by_rule(dublin, "2026-07-01T00:00:00Z") == hours{1});
    CHECK(offset_by_rule(dublin, "2026-12-01T00:00:00Z") == hours{0});
    const char* const sydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
    CHECK(offset_by_rule(sydney, "2026-01-01T00:00:00Z") == hours{11});
    CHECK(offset_by_rule(sydney, "2026-04-04T15:59:59Z") == hours{11});
    CHECK(offset_by_rule(sydney, "2026-04-04T16:00:00Z") == hours{10});
    CHECK(offset_by_rule(sydney, "2025-12-31T23:59:59Z") == hours{11});
    const char* const all_summer = "XXX3EDT4,0/0,J365/23";
    CHECK(offset_by_rule(all_summer, "2026-01-01T02:59:59Z") == -hours{4});
    CHECK(offset_by_rule(all_summer, "2026-01-01T03:00:00Z") == -hours{4});
    CHECK(offset_by_rule(all_summer, "2024-12-31T23:59:59Z") == -hours{4});
    const char* const gaza = "EET-2EEST,M3.4.4/50,M10.4.4/50";  // times beyond the day
    CHECK(offset_by_rule(gaza, "2026-03-27T23:59:59Z") == hours{2});
    CHECK(offset_by_rule(gaza, "2026-03-28T00:00:00Z") == hours{3});
    CHECK(offset_by_rule("AAA0BBB,J60,J300", "2024-03-01T01:59:59Z") == hours{0});
    CHECK(offset_by_rule("AAA0BBB,J60,J300", "2024-03-01T02:00:00Z") == hours{1});
    CHECK(offset_by_rule("AAA0BBB,59,299", "2024-02-29T02:00:00Z") == hours{1});
    for (const char* text :
         {"", "C", "CET", "CET-25", "CET-1CEST,", "CET-1CEST,M3.5.0", "<CET-1",
          "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,J0,J1",
          "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1CEST,M3.5.0,M10.5.0 ", "CET99999999999999999999"}) {
        INFO(text);
        CHECK_FALSE(jobtally::time::PosixRule::parse(text).has_value());
    }
}

TEST_CASE("local times are printed", "[time]") {
    const Zone berlin = Zone::named("Europe/Berlin");
    const Instant at = utc("2026-11-01T13:26:10.25Z");
    CHECK(format_local(at, berlin) == "2026-11-01 14:26:10");
    CHECK(format_local(at, berlin, false) == "2026-11-01 14:26");
    CHECK(format_local_rfc3339(utc("2026-10-31T23:00:00Z"), berlin) == "2026-11-01T00:00:00+01:00");
    CHECK(format_local_rfc3339(at, berlin) == "2026-11-01T14:26:10.250+01:00");
    CHECK(format_local_rfc3339(at, Zone{}) == "2026-11-01T13:26:10.250Z");
    CHECK(format_local_rfc3339(at, Zone::named("America/St_Johns")) ==
          "2026-11-01T09:56:10.250-03:30");
    CHECK(format_local(Instant::max(), Zone{}) == "9999-12-31 23:59:59");
    CHECK(format_local(Instant::min(), Zone{}) == "0001-01-01 00:00:00");
}

TEST_CASE("a local RFC 3339 time names the same instant in every zone", "[time]") {
    std::mt19937_64 random{20261102};
    for (const char* name : {"Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia",
                             "Africa/Monrovia", "Europe/Dublin", "Australia/Lord_Howe"}) {
        const Zone zone = Zone::named(name);
        for (int i = 0; i < 5000; ++i) {
            const auto micros = static_cast<std::int64_t>(random() % 8'000'000'000'000'000);
            const Instant at = jobtally::time::instant_from_micros(micros - 4'000'000'000'000'000);
            const std::string text = format_local_rfc3339(at, zone);
            const auto parsed = parse_rfc3339(text);
            if (!parsed || *parsed != at) FAIL(name << ' ' << text);
            const Instant back = zone.to_utc(zone.to_local(at));
            if (back != at && zone.to_local(back) != zone.to_local(at)) FAIL(name << ' ' << text);
            if (back > at) FAIL(name << ' ' << text);
        }
    }
}

TEST_CASE("broken zone files are refused, whatever is broken", "[time]") {
    using jobtally::time::ZoneRules;
    std::ifstream file{"/usr/share/zoneinfo/Europe/Berlin", std::ios::binary};
    const std::string good{std::istreambuf_iterator<char>{file}, {}};
    if (good.empty()) {
        std::cerr << "skipped: no zone database\n";
        return;
    }
    REQUIRE(ZoneRules::from_file(good).has_value());
    CHECK_FALSE(ZoneRules::from_file("").has_value());
    CHECK_FALSE(ZoneRules::from_file("TZif2").has_value());
    for (std::size_t length = 0; length < good.size(); ++length)
        (void)ZoneRules::from_file(good.substr(0, length));
    CHECK_FALSE(ZoneRules::from_file(good.substr(0, good.size() / 2)).has_value());
    std::mt19937 random{3};
    for (int i = 0; i < 20000; ++i) {
        std::string bytes = good;
        for (int n = 0; n < 3; ++n) {
            const std::size_t limit = random() % 2 == 0 ? 60 : bytes.size();
            bytes[random() % limit] = static_cast<char>(random());
        }
        const auto rules = ZoneRules::from_file(bytes);
        if (rules) (void)rules->era_at(std::chrono::sys_seconds{std::chrono::seconds{random()}});
    }
}

TEST_CASE("the rule at a zone file's end goes on where its listed changes stop", "[time]") {
    std::mt19937_64 random{20261105};
    int rules = 0;
    for (const auto& zone : date::get_tzdb().zones) {
        std::ifstream file{"/usr/share/zoneinfo/" + zone.name(), std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
        if (!bytes.starts_with("TZif") || zone.name().starts_with("right/")) continue;
        const std::size_t line = bytes.rfind('\n', bytes.size() - 2) + 1;
        const std::string text = bytes.substr(line, bytes.size() - 1 - line);
        const auto rule = jobtally::time::PosixRule::parse(text);
        if (!rule) FAIL(zone.name() << ' ' << text);
        // Morocco and Gaza list changes up to 2086 that no yearly rule could tell.
        if (text.starts_with('<') ? !rule->changes
                                  : zone.name().find("Gaza") != std::string::npos ||
                                        zone.name().find("Hebron") != std::string::npos)
            continue;
        ++rules;
        for (int i = 0; i < 200; ++i) {
            const std::int64_t at =
                1'893'456'000 + static_cast<std::int64_t>(random() % 240'000'000);
            const auto info = zone.get_info(date::sys_seconds{std::chrono::seconds{at}});
            const auto era = rule->era_at(std::chrono::sys_seconds{std::chrono::seconds{at}});
            if (era.type->offset != info.offset || era.type->abbreviation != info.abbrev)
                FAIL(zone.name() << ' ' << text << " at " << at);
        }
    }
    CHECK(rules > 200);
}

TEST_CASE("all zones agree with date's reading of the database", "[time]") {
    // date knows no rule beyond the last listed change, and files list them up to 2037.
    const std::int64_t first = utc("1900-01-01T00:00:00Z").time_since_epoch().count() / 1'000'000;
    const std::int64_t end = utc("2037-10-01T00:00:00Z").time_since_epoch().count() / 1'000'000;
    std::mt19937_64 random{20261103};
    std::size_t zones = 0, instants = 0;
    for (const auto& theirs : date::get_tzdb().zones) {
        const std::string& name = theirs.name();
        if (name.starts_with("right/") || name.starts_with("posix/")) continue;
        if (name.find('.') != std::string::npos || name == "leapseconds") continue;
        const Zone ours = Zone::named(name);
        ++zones;
        for (int i = 0; i < 400; ++i) {
            std::int64_t at = first + static_cast<std::int64_t>(random() % (end - first));
            const auto era = theirs.get_info(date::sys_seconds{std::chrono::seconds{at}});
            // Half of the instants lie just at or before a change.
            if (i % 2 == 0 && era.end.time_since_epoch().count() < end)
                at = era.end.time_since_epoch().count() - (i % 4) / 2;
            const auto info = theirs.get_info(date::sys_seconds{std::chrono::seconds{at}});
            const Instant instant = jobtally::time::instant_from_micros(at * 1'000'000);
            if (ours.offset_at(instant) != info.offset ||
                (ours.name() != "UTC" && ours.abbreviation_at(instant) != info.abbrev))
                FAIL(name << ' ' << format_local_rfc3339(instant, ours) << " but " << info.offset);

            const auto local = theirs.get_info(date::local_seconds{std::chrono::seconds{at}});
            const Instant expected = local.result == date::local_info::nonexistent
                                         ? Instant{local.first.end.time_since_epoch()}
                                         : Instant{std::chrono::seconds{at} - local.first.offset};
            if (ours.to_utc(LocalTime{std::chrono::seconds{at}}) != expected)
                FAIL(name << " local " << format_local(instant, Zone{}));
            ++instants;
        }
    }
    CHECK(zones > 300);
    std::cerr << "zones held against date: " << zones << ", instants: " << instants << "\n";
}
