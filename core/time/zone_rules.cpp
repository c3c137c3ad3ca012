#include "core/time/zone_rules.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include <date/tz.h>

// To C++20 the name that ptz.h uses could be date's or the standard's.
namespace date {
template <class Duration>
using ptz_hh_mm_ss = hh_mm_ss<Duration>;
}
#define hh_mm_ss ptz_hh_mm_ss
#include <date/ptz.h>
#undef hh_mm_ss

namespace jobtally::time {

namespace {

// ptz.h takes months and days that do not exist for such by which the clock never changes. True
// where each `,Mm.w.d` has a month from 1 to 12, a week from 1 to 5 and a day from 0 to 6.
bool names_days(std::string_view rule) {
    for (auto at = rule.find(",M"); at != std::string_view::npos; at = rule.find(",M", at + 1)) {
        int month = 0, week = 0, day = 0;
        const std::string text(rule.substr(at));
        if (std::sscanf(text.c_str(), ",M%2d.%1d.%1d", &month, &week, &day) != 3) return false;
        if (month < 1 || month > 12 || week < 1 || week > 5 || day > 6) return false;
    }
    return true;
}

// A rule that names a summer time and not when it is has that of the United States, as in glibc.
std::string with_days(std::string_view rule) {
    const auto after_name =
        rule.starts_with('<') ? rule.find('>') : rule.find_first_of("+-0123456789");
    const auto summer = rule.find_first_not_of(">+-:0123456789", after_name);
    const bool lacks_days = summer < rule.size() && rule.find(',') == std::string_view::npos;
    return std::string{rule} + (lacks_days ? ",M3.2.0,M11.1.0" : "");
}

}  // namespace

ZoneRules::Era ZoneRules::era_at(std::chrono::sys_seconds at) const {
    if (m_rule) {
        const auto info = m_rule->get_info(at);
        return {info.begin, info.end, info.offset, info.abbrev};
    }
    std::call_once(m_once, [this] { look_up(); });
    const auto info = m_zone->get_info(at);
    return {info.begin, info.end, info.offset, info.abbrev};
}

std::shared_ptr<const ZoneRules> ZoneRules::of_posix_rule(std::string_view rule) {
    const auto belongs = [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view("<>+-:,./").find(c) != std::string_view::npos;
    };
    if (!std::all_of(rule.begin(), rule.end(), belongs) || !names_days(rule)) return nullptr;
    try {
        auto rules = std::make_shared<ZoneRules>(std::string{rule});
        rules->m_rule = std::make_shared<const Posix::time_zone>(with_days(rule));
        return rules;
    } catch (const std::exception&) {
        return nullptr;
    }
}

void ZoneRules::look_up() const {
    try {
        m_zone = date::locate_zone(m_name);
    } catch (const std::exception& error) {
        throw Error("cannot read the time zone \"" + m_name + "\": " + error.what(),
                    "install tzdata, or use --tz UTC");
    }
}

}  // namespace jobtally::time
