#include "core/time/zone_rules.hpp"

#include "core/base/error.hpp"

#include <date/tz.h>

namespace jobtally::time {

ZoneRules::Era ZoneRules::era_at(std::chrono::sys_seconds at) const {
    std::call_once(m_once, [this] { look_up(); });
    const auto info = m_zone->get_info(at);
    return {info.begin, info.end, info.offset, info.abbrev};
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
