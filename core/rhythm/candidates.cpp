// Proposes schedules: how often a day, a week or a month, and at which times.
#include "core/rhythm/candidates.hpp"

#include "core/query/percentile.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace jobtally::rhythm {

namespace {

constexpr std::array<std::int64_t, 18> parts_of_a_day{
    // minutes
    1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720};
constexpr std::size_t most_times_a_day = 12;
constexpr std::size_t most_times_a_week = 14;
constexpr std::size_t most_times_an_hour = 12;
constexpr std::size_t most_times_by_weekday = 3;
constexpr std::int64_t same_time = hour_micros / 2;  // of the day, on different weekdays
constexpr std::int64_t most_days_apart = 60;
constexpr std::int64_t least_apart = 150 * second_micros;  // between slots of a day or a week
constexpr std::int64_t longest_known_pause = 10;  // days; a longer pause says nothing of weekdays

// The shape costs of candidates, in nats.
constexpr double cost_of_count = 1;  // how many times a day, a week or a month
double cost_of(Weekdays days) {
    // Monday to Saturday, Sunday to Friday, Sunday to Thursday, Tuesday to Saturday.
    const bool is_usual = days == 0x3f || days == 0x5f || days == 0x4f || days == 0x3e;
    return days == monday_to_friday ? 1.5 : is_usual ? 2 : 6;
}

// How many runs a unit (a day, a week) has, by the median of the units that have any. The first and
// the last unit are left out, because the history may begin and end amid them.
std::size_t usual_count(const std::vector<std::int64_t>& units) {
    std::vector<std::size_t> counts;
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (i == 0 || units[i] != units[i - 1]) counts.push_back(0);
        ++counts.back();
    }
    if (counts.size() > 3) {
        counts.pop_back();
        counts.erase(counts.begin());
    }
    return query::upper_median(std::move(counts));
}

struct Rest {
    std::int64_t from = 0, length = 0;
};

// The longest stretch of a day's slots without runs; it may continue past midnight.
Rest longest_rest(const std::vector<bool>& is_on) {
    const auto count = static_cast<std::int64_t>(is_on.size());
    Rest longest, now;
    for (std::int64_t i = 0; i < 2 * count; ++i) {
        now = is_on[static_cast<std::size_t>(i % count)] ? Rest{i + 1, 0}
                                                         : Rest{now.from, now.length + 1};
        if (now.length > longest.length) longest = {now.from % count, now.length};
        if (longest.length >= count) return {0, count};
    }
    return longest;
}

class ClockProposals {
  public:
    explicit ClockProposals(const Times& runs)
        : m_runs(runs),
          m_walls(runs.walls),
          m_clock(*runs.clock),
          m_gap(median_gap(runs.instants)) {}

    std::vector<Candidate> all() {
        m_day_begin = day_begin();
        m_weekend_is_ahead = weekend_is_ahead();
        propose_parts_of_a_day();
        propose_times_a_day();
        propose_days_apart();
        propose_times_a_week();
        propose_minutes_of_the_hour();
        propose_times_by_weekday();
        if (m_gap > 5 * day_micros) propose_months(m_runs, m_found);
        return std::move(m_found);
    }

  private:
    std::vector<std::int64_t> divided_by(std::int64_t period) const {
        std::vector<std::int64_t> units;
        units.reserve(m_walls.size());
        for (const std::int64_t wall : m_walls) units.push_back(floor_divide(wall, period));
        return units;
    }

    std::vector<std::int64_t> phases(std::int64_t period) const {
        std::vector<std::int64_t> result;
        result.reserve(m_walls.size());
        for (const std::int64_t wall : m_walls) {
            result.push_back(wall - floor_divide(wall, period) * period);
        }
        std::sort(result.begin(), result.end());
        return result;
    }

    void add(ClockSlots slots, double freedom, double cost) {
        const bool is_daily = slots.period == day_micros && slots.weekdays == every_weekday;
        m_found.push_back({LearnedSchedule(std::move(slots), m_clock), freedom, cost});
        if (is_daily) propose_lighter_days(m_runs, Candidate(m_found.back()), m_found);
    }

    void propose_parts_of_a_day() {
        for (const std::int64_t minutes : parts_of_a_day) {
            const std::int64_t period = minutes * 60 * second_micros;
            if (period * 20 < m_gap * 9 || period * 9 > m_gap * 20) continue;
            const ClockSlots slots{period, {circular_middle(phases(period), period)}};
            // Hours and their parts are the same on every clock, so they are proposed once, on UTC.
            if (period > hour_micros || m_clock.name() == "UTC") add(slots, 1, cost_of_interval);
            propose_weekdays(slots, 1, cost_of_interval);
            propose_hours(slots);
        }
    }

    // The same, but with a rest at some time of the day, such as the night.
    void propose_hours(const ClockSlots& even) {
        const std::int64_t first = even.offsets.front();
        const std::int64_t count = day_micros / even.period;
        if (count < 3 || m_walls.back() - m_walls.front() < day_micros) return;
        std::vector<std::vector<std::int64_t>> days_with(static_cast<std::size_t>(count));
        std::vector<std::int64_t> days;
        for (const std::int64_t wall : m_walls) {
            const std::int64_t slot = floor_divide(wall - first + even.period / 2, even.period);
            const std::int64_t day = floor_divide(slot, count);
            auto& of_slot = days_with[static_cast<std::size_t>(slot - day * count)];
            if (of_slot.empty() || of_slot.back() != day) of_slot.push_back(day);
            if (days.empty() || days.back() != day) days.push_back(day);
        }
        std::vector<bool> is_on;
        for (const auto& of_slot : days_with) is_on.push_back(2 * of_slot.size() >= days.size());
        ClockSlots some{day_micros, {}};
        const auto [rest, length] = longest_rest(is_on);
        ClockSlots all = some;  // the rest left out
        for (std::int64_t i = 0; i < count; ++i) {
            if ((i - rest + count) % count < length) continue;
            all.offsets.push_back(first + i * even.period);
            // At noon, say, it may never have run.
            const bool never = days.size() > 2 && days_with[static_cast<std::size_t>(i)].empty();
            if (!never) some.offsets.push_back(all.offsets.back());
        }
        if (2 * some.offsets.size() < all.offsets.size()) some = all;
        const auto left_out = static_cast<double>(all.offsets.size() - some.offsets.size());
        const double cost =
            cost_of_interval + (2 + left_out) * std::log(static_cast<double>(count));
        if (some.offsets.empty() || some.offsets.size() == static_cast<std::size_t>(count)) return;
        if (m_weekend_is_ahead) some = on_weekdays(std::move(some), monday_to_friday);
        add(some, 1, cost);
        propose_weekdays(some, 1, cost);
    }

    void propose_times_a_day() {
        if (m_gap > 8 * day_micros) return;
        const auto usual = usual_count(divided_by(day_micros));
        propose_clusters(day_micros, usual > 1 ? usual - 1 : 1,
                         std::min(usual + 2, most_times_a_day));
    }

    // `5,35 * * * *`: the same on every clock.
    void propose_minutes_of_the_hour() {
        if (m_gap > 2 * hour_micros || m_clock.name() != "UTC") return;
        const auto usual = usual_count(divided_by(hour_micros));
        if (usual < 2 || usual > most_times_an_hour) return;
        propose_clusters(hour_micros, usual - 1, usual + 1);
    }

    // A run a day, at a time that differs by weekday: `30 2 * * 1-5` and `0 6 * * 6,0`.
    void propose_times_by_weekday() {
        if (m_gap > 3 * day_micros || m_gap < day_micros / 2) return;
        std::array<std::vector<std::int64_t>, 7> times;
        for (const std::int64_t wall : m_walls) {
            const std::int64_t day = floor_divide(wall, day_micros);
            times[weekday_index(day)].push_back(wall - day * day_micros);
        }
        ClockSlots slots{week_micros, {}};
        std::vector<std::int64_t> distinct;
        const bool is_first_week = m_walls.back() - m_walls.front() < week_micros;
        for (std::size_t weekday = 0; weekday < times.size(); ++weekday) {
            auto& at = times[weekday];
            // A weekday that has not come yet is taken to be like the first one that has.
            if (at.empty() && is_first_week) at = times[weekday_index(first_day())];
            if (at.empty() || 2 * at.size() < m_walls.size() / 7) continue;
            std::sort(at.begin(), at.end());
            const std::int64_t middle = circular_middle(at, day_micros);
            const auto same = std::find_if(distinct.begin(), distinct.end(), [&](auto other) {
                return std::abs(other - middle) < same_time;
            });
            const std::int64_t time = same == distinct.end() ? middle : *same;
            if (same == distinct.end()) distinct.push_back(middle);
            // Weeks are counted from a Thursday.
            slots.offsets.push_back(static_cast<std::int64_t>((weekday + 4) % 7) * day_micros +
                                    time);
        }
        if (distinct.size() < 2 || distinct.size() > most_times_by_weekday) return;
        std::sort(slots.offsets.begin(), slots.offsets.end());
        const double choices = static_cast<double>(slots.offsets.size());
        const double times_by_day = static_cast<double>(distinct.size());
        add(slots, times_by_day, cost_of_count + choices * std::log(times_by_day));
    }

    void propose_times_a_week() {
        if (m_gap > 15 * day_micros) return;
        const auto usual = usual_count(divided_by(week_micros));
        if (usual <= most_times_a_week) {
            propose_clusters(week_micros, usual > 1 ? usual - 1 : 1, usual + 2);
        }
    }

    void propose_clusters(std::int64_t period, std::size_t least, std::size_t most) {
        const auto sorted = phases(period);
        std::size_t last = 0;
        for (std::size_t count = least; count <= most && count < sorted.size(); ++count) {
            ClockSlots slots{period, middles_of_clusters(sorted, period, count)};
            if (slots.offsets.empty() || slots.offsets.size() == last) continue;
            if (period == hour_micros ? is_even(slots) : is_crowded(slots)) continue;
            if (period == day_micros && m_weekend_is_ahead) {
                slots = on_weekdays(std::move(slots), monday_to_friday);
            }
            last = slots.offsets.size();
            const double freedom = static_cast<double>(last);
            add(slots, freedom, cost_of_count);
            if (period == day_micros) propose_weekdays(slots, freedom, cost_of_count);
        }
    }

    // As if by a part of the hour: minutes are all that people name.
    static bool is_even(const ClockSlots& slots) {
        const auto step = slots.period / static_cast<std::int64_t>(slots.offsets.size());
        for (std::size_t i = 1; i < slots.offsets.size(); ++i) {
            const std::int64_t apart = slots.offsets[i] - slots.offsets[i - 1];
            if (std::abs(apart - step) > 45 * second_micros) return false;
        }
        return true;
    }

    // So close are the runs of one session (sessions.hpp).
    static bool is_crowded(const ClockSlots& slots) {
        return std::adjacent_find(slots.offsets.begin(), slots.offsets.end(), [](auto a, auto b) {
                   return b - a < least_apart;
               }) != slots.offsets.end();
    }

    void propose_days_apart() {
        const std::int64_t apart = (m_gap + day_micros / 2) / day_micros;
        if (apart < 2 || apart == 7 || apart > most_days_apart) return;
        const std::int64_t period = apart * day_micros;
        add({period, {circular_middle(phases(period), period)}}, 1, cost_of_interval);
    }

    // Proposes the slots on only those weekdays on which they mostly had a run, unless that is all
    // of them.
    void propose_weekdays(const ClockSlots& slots, double freedom, double cost) {
        if (slots.weekdays != every_weekday) return;
        ClockSlots on_some = on_weekdays(slots, every_weekday);
        const Weekdays some = weekdays_with_runs(on_some);
        if (some == every_weekday || some == 0) return;
        on_some.weekdays = some;
        add(on_some, freedom, cost + cost_of(some));
        if (some == monday_to_friday) return;
        on_some.weekdays = monday_to_friday;
        add(on_some, freedom, cost + cost_of(monday_to_friday));
    }

    // The same slots where the day begins with the one that is nearest to m_day_begin.
    ClockSlots on_weekdays(ClockSlots slots, Weekdays weekdays) const {
        auto& offsets = slots.offsets;
        const std::int64_t period = slots.period;
        const std::int64_t before =
            floor_divide(m_day_begin - offsets.front(), period) * period;  // the last such offset
        const std::int64_t begin = m_day_begin - before;
        auto first = std::lower_bound(offsets.begin(), offsets.end(), begin);
        const std::int64_t next = first == offsets.end() ? offsets.front() + period : *first;
        if (first != offsets.begin() && begin - *(first - 1) < next - begin) --first;
        std::for_each(offsets.begin(), first, [&](auto& offset) { offset += period; });
        std::rotate(offsets.begin(), first, offsets.end());
        const std::int64_t day = floor_divide(offsets.front() + before, day_micros) * day_micros;
        for (auto& offset : offsets) offset += before - day;
        slots.weekdays = weekdays;
        return slots;
    }

    // The time of day of the first run after the longest pause of a week: what runs in the nights
    // of Monday to Friday has a day that begins in the evening. Runs are late rather than early.
    std::int64_t day_begin() const {
        std::vector<std::pair<std::int64_t, std::int64_t>> pauses;
        for (std::size_t i = 1; i < m_walls.size(); ++i) {
            const std::int64_t wall = m_walls[i];
            pauses.emplace_back(wall - m_walls[i - 1],
                                wall - floor_divide(wall, day_micros) * day_micros);
        }
        const auto weeks = std::clamp<std::int64_t>(
            (m_walls.back() - m_walls.front()) / week_micros, 1, std::ssize(pauses));
        std::nth_element(pauses.begin(), pauses.end() - weeks, pauses.end());
        std::vector<std::int64_t> begins;
        for (auto pause = pauses.end() - weeks; pause != pauses.end(); ++pause)
            begins.push_back(pause->second);
        std::sort(begins.begin(), begins.end());
        return circular_quarter(begins, day_micros);
    }

    // True where the history has three working days or more and no weekend yet. A job that rests at
    // night may rest at the weekend too, and a missing alarm at the first weekend is better than a
    // false one.
    bool weekend_is_ahead() const {
        const std::int64_t begin = m_day_begin - hour_micros;
        const std::int64_t first = floor_divide(m_walls.front() - begin, day_micros);
        const std::int64_t last = floor_divide(m_walls.back() - begin, day_micros);
        return last - first >= 2 && weekday_of(first) <= weekday_of(last) && last - first < 5 &&
               weekday_of(last) < 5;
    }

    Weekdays weekdays_with_runs(const ClockSlots& slots) const {
        const LearnedSchedule schedule(slots, m_clock);
        std::array<int, 7> days{}, with_runs{};
        std::int64_t last = 0;
        bool is_first = true;
        for (std::size_t i = 0; i < m_runs.size(); ++i) {
            const auto place = schedule.place(m_runs.instants[i], m_walls[i]);
            const auto day = schedule.day_of(place, m_walls[i]);
            if (!is_first && day <= last) continue;
            if (!is_first && day - last <= longest_known_pause) {
                for (std::int64_t d = last + 1; d < day; ++d) ++days[weekday_index(d)];
            }
            ++days[weekday_index(day)];
            ++with_runs[weekday_index(day)];
            last = day;
            is_first = false;
        }
        Weekdays mask = 0;
        for (std::size_t i = 0; i < 7; ++i) {
            // A weekday that has not come yet is taken to be like the others.
            if (2 * with_runs[i] >= days[i]) mask |= static_cast<Weekdays>(1 << i);
        }
        return mask;
    }

    std::int64_t first_day() const { return floor_divide(m_walls.front(), day_micros); }

    static std::size_t weekday_index(std::int64_t day) {
        return static_cast<std::size_t>(weekday_of(day));
    }

    const Times m_runs;
    const std::span<const std::int64_t> m_walls;
    const time::Zone& m_clock;
    std::int64_t m_gap;
    std::int64_t m_day_begin = 0;
    bool m_weekend_is_ahead = false;
    std::vector<Candidate> m_found;
};

}  // namespace

std::int64_t median_gap(std::span<const std::int64_t> runs) {
    std::vector<std::int64_t> gaps;
    gaps.reserve(runs.size());
    for (std::size_t i = 1; i < runs.size(); ++i) gaps.push_back(runs[i] - runs[i - 1]);
    return std::max<std::int64_t>(query::upper_median(std::move(gaps)), 1);
}

std::vector<Candidate> clock_candidates(const Times& runs) {
    return ClockProposals(runs).all();
}

}  // namespace jobtally::rhythm
