// A time zone of the IANA database, quick for UTC and for many instants in a row.
#pragma once

#include "core/time/instant.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::time {

class ZoneRules;

// A wall-clock reading that belongs to no zone yet.
using LocalTime = std::chrono::local_time<Duration>;

// Cheap to copy; copies share the zone's rules, which are immutable. Not safe for use by two
// threads at once (it remembers the last offset): give each thread its copy.
class Zone {
  public:
    Zone();  // UTC; touches no file

    // A name such as `Europe/Berlin` of the database in /usr/share/zoneinfo; `UTC` needs no file.
    // Throws UsageError for a name that the database does not have, and where there is none.
    static Zone named(std::string_view name);
    // `TZ`: a name, a file of the database or a POSIX rule, with or without a leading `:`; empty is
    // UTC. Without TZ the zone that /etc/localtime points to, else the one named in /etc/timezone,
    // else UTC. A TZ that is none of these gives UTC, and `is_understood`, if given, is false.
    static Zone system(bool* is_understood = nullptr);

    const std::string& name() const { return m_name; }
    std::chrono::seconds offset_at(Instant at) const {  // to be added to UTC
        if (at < m_from || at >= m_to) remember_era(at);
        return m_offset;
    }
    // The span around `at` in which the offset stays: [offset_since, offset_until).
    Instant offset_since(Instant at) const {
        if (at < m_from || at >= m_to) remember_era(at);
        return m_from;
    }
    Instant offset_until(Instant at) const {
        if (at < m_from || at >= m_to) remember_era(at);
        return m_to;
    }
    std::string abbreviation_at(Instant at) const;  // `CET`, or `+04` where there is none
    LocalTime to_local(Instant at) const {
        return LocalTime{at.time_since_epoch() + offset_at(at)};
    }
    // A local time that occurs twice is its first occurrence; one that the clock skips is the
    // instant of the change.
    Instant to_utc(LocalTime at) const;

  private:
    Zone(std::string name, std::shared_ptr<const ZoneRules> rules);
    static std::optional<Zone> from_environment(std::string_view tz);
    static Zone from_machine();
    void remember_era(Instant at) const;

    std::string m_name;
    std::shared_ptr<const ZoneRules> m_rules;                        // null: UTC
    mutable Instant m_from = Instant::min(), m_to = Instant::max();  // where m_offset holds
    mutable std::chrono::seconds m_offset{0};
};

// `2026-11-01 14:26:10` and, where `seconds` is false, `2026-11-01 14:26`.
std::string format_local(Instant at, const Zone& zone, bool seconds = true);
// RFC 3339 with the zone's offset, `2026-11-01T00:00:00+01:00` (`Z` where the zone is UTC), and 0,
// 3 or 6 fraction digits. Offsets with seconds, as they were before 1972, are cut to minutes
// together with the local time, so that the text still names the same instant.
std::string format_local_rfc3339(Instant at, const Zone& zone);

}  // namespace jobtally::time
