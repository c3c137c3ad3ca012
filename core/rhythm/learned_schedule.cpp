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

// The first day of its kind in the month that begins with `first`, and how many there are.
struct DaysOfMonth {
    std::int64_t first;
    int count;
};

std::int64_t next_working_day(std::int64_t day) {
    const int weekday = weekday_of(day);
    return weekday < 5 ? day : day + 7 - weekday;
}

// Working days between two days, the first included.
std::int64_t working_days(std::int64_t from, std::int64_t to) {
    const auto before = [](std::int64_t day) {
        const std::int64_t week = floor_divide(day + 3, 7);
        return week * 5 + std::min<std::int64_t>(day + 3 - week * 7, 5);
    };
    return before(to) - before(from);
}

DaysOfMonth days_of(std::int64_t month, MonthSlots::By by, int weekday) {
    const std::int64_t first = month_start(month).time_since_epoch().count();
    const std::int64_t next = month_start(month + 1).time_since_epoch().count();
    switch (by) {
        case MonthSlots::By::day:
            return {first, static_cast<int>(next - first)};
        case MonthSlots::By::working_day:
            return {next_working_day(first), static_cast<int>(working_days(first, next))};
        case MonthSlots::By::weekday:
            break;
    }
    const std::int64_t on = first + (weekday - weekday_of(first) + 7) % 7;
    return {on, static_cast<int>((next - on + 6) / 7)};
}

std::int64_t nth_day(const MonthSlots& slots, std::int64_t month, int which) {
    const auto all = days_of(month, slots.by, slots.weekday);
    const int number = std::clamp(which < 0 ? all.count + which : which, 0, all.count - 1);
    if (slots.by == MonthSlots::By::day) return all.first + number;
    if (slots.by == MonthSlots::By::weekday) return all.first + 7 * number;
    const int in_week = weekday_of(all.first) + number;
    return all.first + number + 2 * (in_week / 5);
}

std::int64_t wall_at(const ClockSlots& slots, std::int64_t slot) {
    const auto count = static_cast<std::int64_t>(slots.offsets.size());
    const std::int64_t cycle = floor_divide(slot, count);
    return cycle * slots.period + slots.offsets[static_cast<std::size_t>(slot - cycle * count)];
}

struct OfMonth {
    std::int64_t month;
    int which;  // of its days
};

OfMonth of_month(const MonthSlots& slots, std::int64_t slot) {
    const auto count = static_cast<std::int64_t>(slots.days.size());
    const std::int64_t cycle = floor_divide(slot, count);
    const int which = slots.days[static_cast<std::size_t>(slot - cycle * count)];
    return {cycle * slots.step + slots.phase, which};
}

bool has_day(const MonthSlots& slots, const OfMonth& at) {
    return at.which < days_of(at.month, slots.by, slots.weekday).count;
}

std::int64_t wall_at(const MonthSlots& slots, std::int64_t slot) {
    const auto at = of_month(slots, slot);
    const auto wall = nth_day(slots, at.month, at.which) * day_micros + slots.time;
    // Away from the slots of the days that there are.
    return slots.leaves_out && !has_day(slots, at) ? wall + day_micros / 2 : wall;
}

std::int64_t cycle_of(const MonthSlots& slots, std::int64_t wall) {
    return floor_divide(month_of(wall) - slots.phase, slots.step);
}

// The nearer of the two slots around `wall`, or the earlier if both are equally near.
LearnedSchedule::Place nearest(const ClockSlots& slots, std::int64_t wall) {
    const auto& offsets = slots.offsets;
    const auto count = static_cast<std::int64_t>(offsets.size());
    const std::int64_t cycle = floor_divide(wall - offsets.front(), slots.period);
    const std::int64_t phase = wall - cycle * slots.period;
    const auto next = std::upper_bound(offsets.begin(), offsets.end(), phase);
    const std::int64_t from = *(next - 1);
    const std::int64_t to = next == offsets.end() ? offsets.front() + slots.period : *next;
    const std::int64_t slot = cycle * count + (next - offsets.begin()) - 1;
    if (phase - from <= to - phase) return {slot, phase - from};
    return {slot + 1, phase - to};
}

LearnedSchedule::Place nearest(const MonthSlots& slots, std::int64_t wall) {
    const auto count = static_cast<std::int64_t>(slots.days.size());
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

DayOfMonth day_of_month(std::int64_t day, MonthSlots::By by) {
    const auto all = days_of(month_of(day * day_micros), by, weekday_of(day));
    const std::int64_t number = by == MonthSlots::By::day ? day - all.first
                                : by == MonthSlots::By::weekday
                                    ? (day - all.first) / 7
                                    : working_days(all.first, day + 1) - 1;
    const int from_first = std::max(static_cast<int>(number), 0);
    return {from_first, from_first - all.count};
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

LearnedSchedule::Place LearnedSchedule::place(std::int64_t at, std::int64_t wall) const {
    if (const auto* even = std::get_if<EvenSlots>(&m_slots)) return nearest(*even, at);
    if (const auto* month = std::get_if<MonthSlots>(&m_slots)) return nearest(*month, wall);
    return nearest(std::get<ClockSlots>(m_slots), wall);
}

std::int64_t LearnedSchedule::wall_of(std::int64_t slot) const {
    if (const auto* month = std::get_if<MonthSlots>(&m_slots)) return wall_at(*month, slot);
    return wall_at(std::get<ClockSlots>(m_slots), slot);
}

std::int64_t LearnedSchedule::day_of(const Place& place, std::int64_t wall) const {
    const std::int64_t begin = std::get<ClockSlots>(m_slots).offsets.front();
    return floor_divide(wall - place.residual - begin, day_micros);
}

bool LearnedSchedule::is_on(std::int64_t slot) const {
    if (is_each_day()) return true;
    if (std::holds_alternative<MonthSlots>(m_slots)) return is_in_its_month(slot);
    return is_on_day(day_of({slot, 0}, wall_of(slot)));
}

bool LearnedSchedule::is_on(const Place& place, std::int64_t wall) const {
    if (is_each_day()) return true;
    if (std::holds_alternative<MonthSlots>(m_slots)) return is_in_its_month(place.slot);
    return is_on_day(day_of(place, wall));
}

bool LearnedSchedule::is_left_out(std::int64_t slot) const {
    if (m_clock.name() == "UTC") return false;
    return m_clock.to_local(time_of(slot)) != time::LocalTime{time::Duration{wall_of(slot)}};
}

bool LearnedSchedule::is_each_day() const {
    if (const auto* month = std::get_if<MonthSlots>(&m_slots)) return !month->leaves_out;
    const auto* clock = std::get_if<ClockSlots>(&m_slots);
    return clock == nullptr || clock->weekdays == every_weekday;
}

bool LearnedSchedule::is_in_its_month(std::int64_t slot) const {
    const auto& slots = std::get<MonthSlots>(m_slots);
    return has_day(slots, of_month(slots, slot));
}

bool LearnedSchedule::is_on_day(std::int64_t day) const {
    return (std::get<ClockSlots>(m_slots).weekdays >> weekday_of(day) & 1) != 0;
}

time::Instant LearnedSchedule::time_of(std::int64_t slot) const {
    if (const auto* even = std::get_if<EvenSlots>(&m_slots)) {
        return time::instant_from_micros(even->anchor + slot * even->interval);
    }
    return m_clock.to_utc(time::LocalTime{time::Duration{wall_of(slot)}});
}

LearnedSchedule LearnedSchedule::shifted(std::int64_t micros) const {
    LearnedSchedule other = *this;
    if (auto* month = std::get_if<MonthSlots>(&other.m_slots)) {
        month->time += micros;
    } else if (auto* clock = std::get_if<ClockSlots>(&other.m_slots)) {
        for (auto& offset : clock->offsets) offset += micros;
    }
    return other;
}

time::Instant LearnedSchedule::slot_after(time::Instant at) const {
    if (const auto* since = std::get_if<SinceLast>(&m_slots)) {
        return at + time::Duration{since->interval};
    }
    const std::int64_t wall = m_clock.to_local(at).time_since_epoch().count();
    const Place found = place(time::micros(at), wall);
    std::int64_t slot = found.residual < 0 ? found.slot : found.slot + 1;
    // Where the clock was turned back the nearest slot may be one too far.
    if (m_clock.name() != "UTC") slot = found.slot - 2;
    for (;; ++slot) {
        if (!is_on(slot)) continue;
        const time::Instant time = time_of(slot);
        if (time > at && !is_left_out(slot)) return time;
    }
}

}  // namespace jobtally::rhythm
