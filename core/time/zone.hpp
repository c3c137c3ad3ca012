// A time zone of the IANA database (Howard Hinnant's date, here only), quick for UTC.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/time/instant.hpp"

namespace jobtally::time {

// A wall-clock reading that belongs to no zone yet.
using LocalTime = std::chrono::local_time<Duration>;

// Cheap to copy; copies share the zone's rules, which are immutable. Not safe for use by two threads at
// once (it remembers the last offset): give each thread its copy.
class Zone {
  public:
    Zone();  // UTC; touches no file

    // Throws UsageError for a name that the zone database does not have.
    static Zone named(std::string_view name);
    // `TZ` (a name, with or without a leading `:`), else what /etc/localtime points to, else UTC.
    static Zone system();

    const std::string& name() const { return m_name; }
    std::chrono::seconds offset_at(Instant at) const;  // to be added to UTC
    std::string abbreviation_at(Instant at) const;     // `CET`, or `+04` where there is none
    LocalTime to_local(Instant at) const;
    // A local time that occurs twice is its first occurrence; one that the clock skips is the
    // instant of the change.
    Instant to_utc(LocalTime at) const;

  private:
    struct Rules;
    std::string m_name;
    std::shared_ptr<const Rules> m_rules;  // null: UTC
    mutable Instant m_from{}, m_to{};      // where m_offset holds
    mutable std::chrono::seconds m_offset{0};
};

// `2026-11-01 14:26:10` and, where `seconds` is false, `2026-11-01 14:26`.
std::string format_local(Instant at, const Zone& zone, bool seconds = true);
// RFC 3339 with the zone's offset: `2026-11-01T00:00:00+01:00`.
std::string format_local_rfc3339(Instant at, const Zone& zone);

}  // namespace jobtally::time
