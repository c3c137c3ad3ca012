#include "core/time/zone.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/time/quoted.hpp"
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

std::string database() {
    const char* const set = std::getenv("TZDIR");
    return set != nullptr && *set != '\0' ? set : "/usr/share/zoneinfo";
}

// Empty where there is no such file. Zone files have a few kilobytes: what is cut off here is none.
std::string read_small_file(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return {};
    std::ifstream file{path, std::ios::binary};
    std::string bytes(1 << 16, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

// Only what can't leave the database's folder.
bool is_zone_name(std::string_view name) {
    const auto belongs = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '+' || c == '-';
    };
    return !name.empty() && name.size() < 256 && name.front() != '/' &&
           std::all_of(name.begin(), name.end(), belongs);
}

bool is_utc(std::string_view name) {
    return equals_ignoring_case(name, "UTC") || name == "Etc/UTC" || name == "Z";
}

std::optional<ZoneRules> rules_of(std::string_view name) {
    if (!is_zone_name(name)) return std::nullopt;
    return ZoneRules::from_file(read_small_file(database() + '/' + std::string{name}));
}

[[noreturn]] void refuse(std::string_view name, std::string_view source) {
    std::error_code error;
    const std::string folder = database();
    const std::string hint =
        std::filesystem::is_directory(folder, error)
            ? "zones are named as in \"Europe/Berlin\", \"America/New_York\" or \"UTC\""
            : fmt::format(
                  "there is no time zone database in \"{}\": install tzdata, or use \"UTC\"",
                  visible(folder));
    throw UsageError{fmt::format("{}no such time zone: {}", source, quoted(name)), hint};
}

// `Europe/Berlin` of `/usr/share/zoneinfo/Europe/Berlin`.
std::string name_of_localtime() {
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(localtime_file, error).string();
    constexpr std::string_view folder = "zoneinfo/";
    const std::size_t at = target.rfind(folder);
    const std::string name = at == std::string::npos ? "" : target.substr(at + folder.size());
    return is_zone_name(name) ? name : "localtime";
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

Zone::Zone(std::string name, ZoneRules rules)
    : m_name(std::move(name)),
      m_rules(std::make_shared<const ZoneRules>(std::move(rules))),
      m_to(Instant::min()) {}

Zone Zone::named(std::string_view name) {
    if (is_utc(name)) return {};
    auto rules = rules_of(name);
    if (!rules) refuse(name, "");
    return {std::string{name}, std::move(*rules)};
}

Zone Zone::from_environment(std::string_view tz) {
    const std::string_view name = tz.starts_with(':') ? tz.substr(1) : tz;
    if (name.empty() || is_utc(name)) return {};
    if (auto rules = rules_of(name)) return {std::string{name}, std::move(*rules)};
    if (auto rule = PosixRule::parse(name))
        return {std::string{name}, ZoneRules::from_posix(std::move(*rule))};
    // TZ may name a file as well: `:/etc/localtime` is what many containers and services set.
    if (name.starts_with('/')) {
        if (auto rules = ZoneRules::from_file(read_small_file(std::string{name})))
            return {name == localtime_file ? name_of_localtime() : visible(name),
                    std::move(*rules)};
    }
    refuse(name, "TZ: ");
}

Zone Zone::system() {
    if (const char* const tz = std::getenv("TZ")) return from_environment(tz);
    auto rules = ZoneRules::from_file(read_small_file(localtime_file));
    const std::string name = name_of_localtime();
    if (!rules || is_utc(name)) return {};
    return {name, std::move(*rules)};
}

void Zone::remember_era(Instant at) const {
    if (!m_rules) return;
    const ZoneRules::Era era = m_rules->era_at(floor<seconds>(at));
    m_from = era.from;
    m_to = era.to;
    m_offset = era.type->offset;
}

std::string Zone::abbreviation_at(Instant at) const {
    return m_rules ? m_rules->era_at(floor<seconds>(at)).type->abbreviation : "UTC";
}

Instant Zone::to_utc(LocalTime at) const {
    const Instant as_if_utc{at.time_since_epoch()};
    if (!m_rules) return as_if_utc;
    // No offset is greater, so the search begins before the first occurrence.
    sys_seconds probe = floor<seconds>(as_if_utc) - std::chrono::hours{26};
    while (true) {
        const ZoneRules::Era era = m_rules->era_at(probe);
        const Instant utc = as_if_utc - era.type->offset;
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
