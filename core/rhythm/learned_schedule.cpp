// Numbers slots and finds their times.
#include "core/rhythm/learned_schedule.hpp"

#include <algorithm>
#include <cstdlib>

namespace jobtally::rhythm {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::months;
using std::chrono::year_month;

constexpr year_month first_month{std::chrono::year{1970} / std::chrono::January};

local_days month_start(std::int64_t month) {
    return local_days{(first_month + months{month}) / 1};
}

// The midnight that a month's offsets are counted from.
std::int64_t base_of(const MonthSlots& slots, std::int64_t month) {
    local_days day = month_start(month);
    if (slots.from == MonthSlots::From::last_day) {
        day = month_start(month + slots.step) - days{1};
    } else if (slots.from == MonthSlots::From::weekday) {
        const int first = weekday_of(day.time_since_epoch().count());
        day += days{(slots.weekday - first + 7) % 7 + 7 * slots.which};
    }
    return day.time_since_epoch().count() * day_micros;
}

std::int64_t wall_at(const ClockSlots& slots, std::int64_t slot) {
    const auto count = static_cast<std::int64_t>(slots.offsets.size());
    const std::int64_t cycle = floor_divide(slot, count);
    return cycle * slots.period + slots.offsets[static_cast<std::size_t>(slot - cycle * count)];
}

std::int64_t wall_at(const MonthSlots& slots, std::int64_t slot) {
    const auto count = static_cast<std::int64_t>(slots.offsets.size());
    const std::int64_t cycle = floor_divide(slot, count);
    return base_of(slots, cycle * slots.step + slots.phase) +
           slots.offsets[static_cast<std::size_t>(slot - cycle * count)];
}

std::int64_t cycle_of(const MonthSlots& slots, std::int64_t wall) {
    return floor_divide(month_of(wall) - slots.phase, slots.step);
}

// The nearer of the two slots around `wall`, or the earlier if both are equally near.
LearnedSchedule::Place nearest(const ClockSlots& slots, std::int64_t wall) {
    const auto& offsets = slots.offsets;
    const auto count = static_cast<std::int64_t>(offsets.size());
    const std::int64_t cycle = floor_divide(wall, slots.period);
    const std::int64_t phase = wall - cycle * slots.period;
    const auto next = std::upper_bound(offsets.begin(), offsets.end(), phase);
    const std::int64_t from = next == offsets.begin() ? offsets.back() - slots.period : *(next - 1);
    const std::int64_t to = next == offsets.end() ? offsets.front() + slots.period : *next;
    const std::int64_t slot = cycle * count + (next - offsets.begin()) - 1;
    if (phase - from <= to - phase) return {slot, phase - from};
    return {slot + 1, phase - to};
}

LearnedSchedule::Place nearest(const MonthSlots& slots, std::int64_t wall) {
    const auto count = static_cast<std::int64_t>(slots.offsets.size());
    const std::int64_t cycle = cycle_of(slots, wall);
    std::int64_t low = (cycle - 1) * count, high = (cycle + 2) * count;
    if (wall < wall_at(slots, low)) low -= count;
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (wall_at(slots, middle) <= wall ? low : high) = middle;
    }
    const std::int64_t before = wall - wall_at(slots, low), after = wall_at(slots, low + 1) - wall;
    return before <= after ? LearnedSchedule::Place{low, before}
                           : LearnedSchedule::Place{low + 1, -after};
}

LearnedSchedule::Place nearest(const EvenSlots& slots, std::int64_t at) {
    const std::int64_t slot = floor_divide(at - slots.anchor + slots.interval / 2, slots.interval);
    return {slot, at - slots.anchor - slot * slots.interval};
}

}  // namespace

int weekday_of(std::int64_t day) {
    return static_cast<int>(day + 3 - floor_divide(day + 3, 7) * 7);  // the first was a Thursday
}

std::int64_t month_of(std::int64_t wall) {
    const local_days day{days{floor_divide(wall, day_micros)}};
    const std::chrono::year_month_day date{day};
    return (date.year() / date.month() - first_month).count();
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    const std::int64_t quotient = value / by;
    return quotient - (value % by < 0 ? 1 : 0);
}

LearnedSchedule::Place LearnedSchedule::place(time::Instant at) const {
    if (const auto* even = std::get_if<EvenSlots>(&m_slots)) {
        return nearest(*even, time::micros(at));
    }
    const std::int64_t wall = m_clock.to_local(at).time_since_epoch().count();
    if (const auto* month = std::get_if<MonthSlots>(&m_slots)) return nearest(*month, wall);
    return nearest(std::get<ClockSlots>(m_slots), wall);
}

std::int64_t LearnedSchedule::wall_of(std::int64_t slot) const {
    if (const auto* month = std::get_if<MonthSlots>(&m_slots)) return wall_at(*month, slot);
    return wall_at(std::get<ClockSlots>(m_slots), slot);
}

std::int64_t LearnedSchedule::day_of(std::int64_t slot) const {
    return floor_divide(wall_of(slot), day_micros);
}

bool LearnedSchedule::is_on(std::int64_t slot) const {
    const auto* clock = std::get_if<ClockSlots>(&m_slots);
    if (clock == nullptr || clock->weekdays == every_weekday) return true;
    return (clock->weekdays >> weekday_of(day_of(slot)) & 1) != 0;
}

time::Instant LearnedSchedule::time_of(std::int64_t slot) const {
    if (const auto* even = std::get_if<EvenSlots>(&m_slots)) {
        return time::instant_from_micros(even->anchor + slot * even->interval);
    }
    return m_clock.to_utc(time::LocalTime{time::Duration{wall_of(slot)}});
}

time::Instant LearnedSchedule::slot_after(time::Instant at) const {
    if (const auto* since = std::get_if<SinceLast>(&m_slots)) {
        return at + time::Duration{since->interval};
    }
    // Where the clock was turned back the nearest slot may be one too far.
    std::int64_t slot = place(at).slot - 2;
    while (!is_on(slot) || time_of(slot) <= at) ++slot;
    return time_of(slot);
}

}  // namespace jobtally::rhythm
