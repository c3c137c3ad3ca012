#include "core/time/zone_rules.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"

#include <algorithm>

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
    if (!std::all_of(rule.begin(), rule.end(), belongs)) return nullptr;
    try {
        auto rules = std::make_shared<ZoneRules>(std::string{rule});
        rules->m_rule = std::make_shared<const Posix::time_zone>(std::string{rule});
        // A month or day that does not exist makes a rule by which the clock never changes.
        const auto era = rules->m_rule->get_info(std::chrono::sys_seconds{});
        const bool changes = era.end - era.begin < std::chrono::days{800};
        if (changes != (rule.find(',') != std::string_view::npos)) return nullptr;
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
