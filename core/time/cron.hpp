// The time fields of a cron line, as crontab(5) has them.
#pragma once

#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <bitset>
#include <string>
#include <string_view>

namespace jobtally::time {

// `minute hour day month weekday` with `*`, lists, ranges, steps and names, or `@hourly`, `@daily`,
// `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`. Where both day and weekday are
// restricted either will do; a field that begins with `*` is not a restriction (crontab(5)).
class CronLine {
  public:
    // Throws UsageError, also for a line that names no day, such as February 30th.
    static CronLine parse(std::string_view text);

    // The first minute after `at` that the line names. A time that the clock skips is the moment of
    // the change; one that occurs twice is its first occurrence, unless the line names every hour.
    Instant next_after(Instant at, const Zone& zone) const;
    // As it was given.
    const std::string& text() const { return m_text; }

  private:
    bool names_day(std::chrono::local_days day) const;
    Instant next_of_every_hour(Instant at, const Zone& zone) const;

    std::string m_text;
    std::bitset<60> m_minutes;
    std::bitset<24> m_hours;
    std::bitset<32> m_days;
    std::bitset<13> m_months;
    std::bitset<7> m_weekdays;  // 0: Sunday
    bool m_any_day = false, m_any_weekday = false;
};

}  // namespace jobtally::time
