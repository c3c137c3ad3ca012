// The offsets of one zone over time, by Howard Hinnant's date.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace date {
class time_zone;
}
namespace Posix {
class time_zone;
}

namespace jobtally::time {

// Looks the zone up when the first offset is asked for: date then walks the whole zone database,
// which takes some milliseconds that most answers for machines need not spend. Safe for use by
// several threads.
class ZoneRules {
  public:
    // The span in which one offset holds.
    struct Era {
        std::chrono::sys_seconds from, to;
        std::chrono::seconds offset;  // to be added to UTC
        std::string abbreviation;
    };

    explicit ZoneRules(std::string name) : m_name(std::move(name)) {}
    // The zone of a POSIX rule, `CET-1CEST,M3.5.0,M10.5.0/3` or `<+03>-3`; null where it is none.
    static std::shared_ptr<const ZoneRules> of_posix_rule(std::string_view rule);

    // Throws Error where the database can't be read. date knows the changes that the database
    // lists, which end in 2037; later years have the last offset.
    Era era_at(std::chrono::sys_seconds at) const;

  private:
    void look_up() const;

    const std::string m_name;
    mutable std::once_flag m_once;
    mutable const date::time_zone* m_zone = nullptr;
    std::shared_ptr<const Posix::time_zone> m_rule;  // in its place
};

}  // namespace jobtally::time
