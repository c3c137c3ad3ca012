// A learned schedule: slots on a wall clock, on days of the month, or at even distances.
#pragma once

#include "core/rhythm/schedule.hpp"
#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace jobtally::rhythm {

// One bit for each weekday; bit 0 is Monday.
using Weekdays = std::uint8_t;
inline constexpr Weekdays every_weekday = 0x7f;
inline constexpr Weekdays monday_to_friday = 0x1f;

inline constexpr std::int64_t second_micros = 1'000'000;
inline constexpr std::int64_t hour_micros = 3600 * second_micros;
inline constexpr std::int64_t day_micros = 24 * hour_micros;
inline constexpr std::int64_t week_micros = 7 * day_micros;

// Slots at readings of the wall clock. Periods are counted from 1970-01-01 00:00 of that clock, a
// Thursday.
struct ClockSlots {
    std::int64_t period = day_micros;   // a part of a day, a day, or several
    std::vector<std::int64_t> offsets;  // ascending, the last less than a period after the first
    // Where the period is a day or less. A day begins with the first offset: 22:00 and 26:00 on
    // Mondays are 22:00 on Monday and 02:00 on Tuesday.
    Weekdays weekdays = every_weekday;
};

// On some days of each `step`-th month, at one time of day.
struct MonthSlots {
    // What the days are counted by: days, working days (Monday to Friday), or one weekday.
    enum class By : std::uint8_t { day, working_day, weekday };
    By by = By::day;
    std::int64_t step = 1;   // months
    std::int64_t phase = 0;  // of the months since 1970-01 modulo step
    int weekday = 0;         // from Monday on, for By::weekday
    // 0 is the first such day of the month and -1 the last; ascending, all of one sign.
    std::vector<int> days;
    std::int64_t time = 0;  // from the midnight before that day
    // A day that the month does not have is none, as cron has it, or the nearest one that it has.
    bool leaves_out = false;
};

// Slots at equal distances, whatever a clock shows.
struct EvenSlots {
    std::int64_t interval = 0;
    std::int64_t anchor = 0;  // the instant of one slot
};

// The next run is due one interval after the last one.
struct SinceLast {
    std::int64_t interval = 0;
};

class LearnedSchedule final : public Schedule {
  public:
    using Slots = std::variant<ClockSlots, MonthSlots, EvenSlots, SinceLast>;

    LearnedSchedule(Slots slots, time::Zone clock)
        : m_slots(std::move(slots)), m_clock(std::move(clock)) {}

    // Slots are numbered in their order; those on weekdays that are left out have numbers too.
    struct Place {
        std::int64_t slot;      // the nearest one
        std::int64_t residual;  // microseconds after it
    };
    // `wall` is what the schedule's clock shows at `at`; both are microseconds. Not for SinceLast,
    // which has no slots without a run.
    Place place(std::int64_t at, std::int64_t wall) const;
    bool is_on(std::int64_t slot) const;
    bool is_each_day() const;
    // In the hour that the clock leaves out in spring.
    bool is_left_out(std::int64_t slot) const;
    time::Instant time_of(std::int64_t slot) const;
    // The same of the slot that place() gives for `wall`, which needs no search. Not for EvenSlots.
    bool is_on(const Place& place, std::int64_t wall) const;
    // The day that has that slot, since 1970-01-01. For ClockSlots.
    std::int64_t day_of(const Place& place, std::int64_t wall) const;

    time::Instant slot_after(time::Instant at) const override;
    bool has_fixed_slots() const override { return !std::holds_alternative<SinceLast>(m_slots); }
    std::string text(const time::Zone& zone) const override;

    // The same at another time of day. Not for EvenSlots and SinceLast.
    LearnedSchedule shifted(std::int64_t micros) const;

    const Slots& slots() const { return m_slots; }
    const time::Zone& clock() const { return m_clock; }
    // People are shown the times of the slots minus `micros`, because they know when a run is
    // planned, and runs begin a little later.
    void show_earlier(std::int64_t micros) { m_shown_earlier = micros; }

  private:
    std::int64_t wall_of(std::int64_t slot) const;
    bool is_on_day(std::int64_t day) const;
    bool is_in_its_month(std::int64_t slot) const;  // for MonthSlots

    Slots m_slots;
    time::Zone m_clock;
    std::int64_t m_shown_earlier = 0;
};

// The weekday of a day that is counted from 1970-01-01; 0 is Monday.
int weekday_of(std::int64_t day);
// Which one of its kind a day is within its month, counted from the first (0) and from the last
// (-1). Of working days a Saturday or Sunday counts as the working day before it.
struct DayOfMonth {
    int from_first, from_last;
};
DayOfMonth day_of_month(std::int64_t day, MonthSlots::By by);
// Months since 1970-01 of a reading of the wall clock.
std::int64_t month_of(std::int64_t wall);
std::int64_t floor_divide(std::int64_t value, std::int64_t by);

}  // namespace jobtally::rhythm
