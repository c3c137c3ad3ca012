#include "core/time/zone.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/time/zone_rules.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace jobtally::time {

namespace {

using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr const char* localtime_file = "/etc/localtime";
constexpr std::string_view database = "/usr/share/zoneinfo/";

// True for names that can't lead out of the database's folder.
bool is_zone_name(std::string_view name) {
    const auto belongs = [](char c) {
        return is_letter(c) || is_digit(c) || c == '/' || c == '_' || c == '+' || c == '-';
    };
    return !name.empty() && name.size() < 256 && name.front() != '/' &&
           std::all_of(name.begin(), name.end(), belongs);
}

bool is_utc(std::string_view name) {
    return equals_ignoring_case(name, "UTC") || name == "Etc/UTC" || name == "Z" || name == "UTC0";
}

// The database also holds lists and leap seconds: only files that begin as RFC 8536 wants it are
// zones.
bool is_in_database(std::string_view name) {
    const auto path = std::string(database).append(name);
    std::error_code error;
    // date does not know these, which are copies, links or count leap seconds.
    for (const std::string_view other : {"posix/", "right/", "posixrules", "localtime", "Factory"})
        if (name.starts_with(other)) return false;
    if (!is_zone_name(name) || !std::filesystem::is_regular_file(path, error)) return false;
    char magic[4] = {};
    std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
    return std::string_view(magic, sizeof magic) == "TZif";
}

[[noreturn]] void refuse_zone(std::string_view name) {
    std::error_code error;
    const std::string hint =
        std::filesystem::is_directory(database, error)
            ? "zones are named as in \"Europe/Berlin\", \"America/New_York\" or \"UTC\""
            : fmt::format(
                  "there is no time zone database in \"{}\": install tzdata, or use \"UTC\"",
                  database);
    throw UsageError{fmt::format("no such time zone: {}", in_short_quotes(name)), hint};
}

// What the machine is set to: `Europe/Berlin` of `/usr/share/zoneinfo/Europe/Berlin`; empty where
// that can't be told.
std::string name_of_localtime() {
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(localtime_file, error).string();
    constexpr std::string_view folder = "zoneinfo/";
    const std::size_t at = target.rfind(folder);
    if (at != std::string::npos) return target.substr(at + folder.size());
    std::string name;
    std::ifstream("/etc/timezone") >> name;
    return name;
}

struct WallClock {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<Duration> time;
};

WallClock wall_clock(Instant at, seconds offset) {
    const Instant local = at + offset;
    const auto day = floor<std::chrono::days>(local);
    return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss{local - day}};
}

std::string format_minutes(const WallClock& clock, char separator) {
    return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}", static_cast<int>(clock.date.year()),
                       static_cast<unsigned>(clock.date.month()),
                       static_cast<unsigned>(clock.date.day()), separator,
                       clock.time.hours().count(), clock.time.minutes().count());
}

Instant within_years(Instant at) {
    return std::clamp(at, earliest, end_of_time - Duration{1});
}

}  // namespace

Zone::Zone() : m_name("UTC") {}

Zone::Zone(std::string name, std::shared_ptr<const ZoneRules> rules)
    : m_name(std::move(name)), m_rules(std::move(rules)), m_to(Instant::min()) {}

Zone Zone::named(std::string_view name) {
    if (is_utc(name)) return {};
    if (!is_in_database(name)) refuse_zone(name);
    return {std::string{name}, std::make_shared<ZoneRules>(std::string{name})};
}

std::optional<Zone> Zone::from_environment(std::string_view tz) {
    std::string_view name = tz.starts_with(':') ? tz.substr(1) : tz;
    // Containers and services set these to say: as the machine.
    if (name == localtime_file || name == "localtime") return from_machine();
    for (const auto folder : {database, std::string_view("posix/")})
        if (name.starts_with(folder)) name.remove_prefix(folder.size());
    if (name.empty() || is_utc(name)) return Zone{};
    if (is_in_database(name)) return named(name);
    if (auto rules = ZoneRules::of_posix_rule(name)) return Zone{std::string{name}, rules};
    return std::nullopt;
}

Zone Zone::from_machine() {
    const std::string name = name_of_localtime();
    return is_in_database(name) ? named(name) : Zone{};
}

Zone Zone::system(bool* is_understood) {
    const char* const tz = std::getenv("TZ");
    const auto zone = tz != nullptr ? from_environment(tz) : from_machine();
    if (is_understood != nullptr) *is_understood = zone.has_value();
    return zone.value_or(Zone{});
}

void Zone::remember_era(Instant at) const {
    if (!m_rules) return;
    const ZoneRules::Era era = m_rules->era_at(floor<seconds>(at));
    m_from = era.from;
    m_to = era.to;
    m_offset = era.offset;
}

std::string Zone::abbreviation_at(Instant at) const {
    return m_rules ? m_rules->era_at(floor<seconds>(at)).abbreviation : "UTC";
}

Instant Zone::to_utc(LocalTime at) const {
    const Instant as_if_utc{at.time_since_epoch()};
    if (!m_rules) return as_if_utc;
    // No offset is greater, so the search begins before the first occurrence.
    sys_seconds probe = floor<seconds>(as_if_utc) - std::chrono::hours{26};
    while (true) {
        const ZoneRules::Era era = m_rules->era_at(probe);
        const Instant utc = as_if_utc - era.offset;
        if (utc < era.to || era.to <= probe) return std::max(utc, Instant{era.from});
        probe = era.to;
    }
}

std::string format_local(Instant at, const Zone& zone, bool with_seconds) {
    at = within_years(at);
    const WallClock clock = wall_clock(at, zone.offset_at(at));
    std::string out = format_minutes(clock, ' ');
    if (with_seconds) out += fmt::format(":{:02}", clock.time.seconds().count());
    return out;
}

std::string format_local_rfc3339(Instant at, const Zone& zone) {
    at = within_years(at);
    const auto offset = floor<std::chrono::minutes>(zone.offset_at(at));
    const WallClock clock = wall_clock(at, offset);
    std::string out = format_minutes(clock, 'T');
    out += fmt::format(":{:02}", clock.time.seconds().count());
    if (const auto fraction = clock.time.subseconds().count(); fraction % 1000 != 0)
        out += fmt::format(".{:06}", fraction);
    else if (fraction != 0)
        out += fmt::format(".{:03}", fraction / 1000);
    if (zone.name() == "UTC") return out + 'Z';
    const auto minutes = std::chrono::abs(offset).count();
    return out +
           fmt::format("{}{:02}:{:02}", offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace jobtally::time
