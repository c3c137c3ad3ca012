// Schedules that somebody gave: a period, or a cron line.
#pragma once

#include "core/rhythm/schedule.hpp"
#include "core/time/cron.hpp"

#include <string>

namespace jobtally::rhythm {

// A run is due so long after the last one.
class EverySchedule final : public Schedule {
  public:
    // `text` is the period as it was given: `1d`. It must be longer than 0.
    EverySchedule(time::Duration period, std::string text)
        : m_period(period), m_text(std::move(text)) {}

    time::Instant slot_after(time::Instant at) const override { return at + m_period; }
    bool has_fixed_slots() const override { return false; }
    std::string text(const time::Zone&) const override { return "every " + m_text; }

  private:
    time::Duration m_period;
    std::string m_text;
};

class CronSchedule final : public Schedule {
  public:
    CronSchedule(time::CronLine line, time::Zone clock)
        : m_line(std::move(line)), m_clock(std::move(clock)) {}

    time::Instant slot_after(time::Instant at) const override {
        return m_line.next_after(at, m_clock);
    }
    std::string text(const time::Zone& zone) const override {
        const std::string text = "cron " + m_line.text();
        return m_clock.name() == zone.name() ? text : text + " " + m_clock.name();
    }

  private:
    time::CronLine m_line;
    time::Zone m_clock;
};

}  // namespace jobtally::rhythm
