// When a definition is to run: an endless row of slots. Here are the schedules that a person gives,
// a period or a cron line; learned_schedule.hpp has those that are learned.
#pragma once

#include "core/time/cron.hpp"
#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <string>
#include <utility>

namespace jobtally::rhythm {

class Schedule {
  public:
    virtual ~Schedule() = default;

    // The first slot after `at`.
    virtual time::Instant slot_after(time::Instant at) const = 0;
    // False where the next slot depends on when the last run was.
    virtual bool has_fixed_slots() const { return true; }
    // `daily 02:30`, `weekdays 06:00`, `every 15 min`. A clock other than that of `zone` is named.
    virtual std::string text(const time::Zone& zone) const = 0;
};

// The next run is due one period after the last one.
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
