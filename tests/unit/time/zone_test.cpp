#include "core/time/zone.hpp"

#include "core/base/error.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <optional>
#include <random>

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

}  // namespace

TEST_CASE("UTC needs no zone database", "[time]") {
    CHECK(Zone{}.name() == "UTC");
    CHECK(Zone::named("UTC").name() == "UTC");
    CHECK(Zone::named("utc").name() == "UTC");
    CHECK(zone_of_tz("").name() == "UTC");
    CHECK(zone_of_tz("UTC0").offset_at(Instant{}) == std::chrono::seconds{0});
    CHECK(Zone{}.offset_at(Instant::max()).count() == 0);
    CHECK(Zone{}.abbreviation_at(Instant{}) == "UTC");
    CHECK(Zone{}.to_utc(wall("2026-03-29T02:30:00")) == utc("2026-03-29T02:30:00Z"));
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
    // date knows the changes that the database lists, which end in 2037.
    CHECK(berlin.offset_at(utc("2037-07-01T00:00:00Z")) == std::chrono::hours{2});
    CHECK(berlin.offset_at(utc("2051-12-01T00:00:00Z")) == std::chrono::hours{1});
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
    CHECK(zone_of_tz("Europe/Paris").abbreviation_at(summer) == "CEST");
    CHECK(zone_of_tz("UTC0").name() == "UTC");
    CHECK(zone_of_tz("").name() == "UTC");
    CHECK(zone_of_tz("/usr/share/zoneinfo/Europe/Paris").name() == "Europe/Paris");
    CHECK(zone_of_tz(":/usr/share/zoneinfo/posix/Europe/Paris").name() == "Europe/Paris");
    const Setting unset{"TZ", nullptr};
    const std::string machine = Zone::system().name();
    for (const char* tz : {"localtime", ":/etc/localtime", "/usr/share/zoneinfo/localtime"})
        CHECK(zone_of_tz(tz).name() == machine);
    CHECK_FALSE(machine.empty());
}

TEST_CASE("TZ may be a POSIX rule", "[time]") {
    // The rule, and minutes east of UTC in January and July of 2026.
    struct Case {
        const char* tz;
        int january, july;
    };
    for (const auto& [tz, january, july] : {Case{"CET-1CEST,M3.5.0,M10.5.0/3", 60, 120},
                                            {"<+03>-3", 180, 180},
                                            {"EST5EDT", -300, -240},
                                            {":EST5EDT,M3.2.0,M11.1.0", -300, -240},
                                            {"AEST-10AEDT,M10.1.0,M4.1.0/3", 660, 600},
                                            {"<-0330>3:30<-0230>,M3.2.0/0:01,J300", -210, -150},
                                            {"JST-9", 540, 540},
                                            {"XXX-5:45", 345, 345},
                                            {"WET0WEST,86/1,303", 0, 60}}) {
        CAPTURE(tz);
        const Zone zone = zone_of_tz(tz);
        CHECK(zone.offset_at(utc("2026-01-15T12:00:00Z")) == std::chrono::minutes{january});
        CHECK(zone.offset_at(utc("2026-07-15T12:00:00Z")) == std::chrono::minutes{july});
    }
    // As the database has it, at every hour of some years.
    const Zone rule = zone_of_tz("CET-1CEST,M3.5.0,M10.5.0/3"), paris = Zone::named("Europe/Paris");
    for (auto at = utc("2023-12-30T00:00:00Z"); at < utc("2026-01-03T00:00:00Z");
         at += std::chrono::hours{1}) {
        REQUIRE(rule.offset_at(at) == paris.offset_at(at));
        REQUIRE(rule.abbreviation_at(at) == paris.abbreviation_at(at));
        REQUIRE(rule.to_utc(paris.to_local(at)) == paris.to_utc(paris.to_local(at)));
    }
}

TEST_CASE("a TZ that is no zone is UTC, and told", "[time]") {
    for (const char* tz : {"Europe/Nowhere", "../x", "/etc/passwd", "right/Europe/Paris", "garbage",
                           "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "C-1", "x\ny",
                           "Factory", "CET-1CEST,M3.5.0,M10.5.0/3x", "\xff"}) {
        CAPTURE(tz);
        const Setting setting{"TZ", tz};
        bool is_understood = true;
        CHECK(Zone::system(&is_understood).name() == "UTC");
        CHECK_FALSE(is_understood);
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
