// Jobs that run at fewer times on some weekdays, as on Saturdays.
#include "core/rhythm/candidates.hpp"

#include <algorithm>
#include <array>
#include <numbers>
#include <set>

namespace jobtally::rhythm {

namespace {

constexpr std::size_t most_times = 24;         // a day
constexpr std::int64_t days_looked_at = 8;     // so that each weekday has come
constexpr std::int64_t longest_gap = 10;       // days; a longer one says nothing of weekdays
constexpr double cost_of_other_weekday = 1.5;  // nats, to say of a weekday that it is lighter

using TimesOfDay = std::vector<bool>;

// On which of its times each weekday mostly had a run.
class TimesByWeekday {
  public:
    TimesByWeekday(const LearnedSchedule& daily, const Times& runs, std::size_t times)
        : m_times(static_cast<std::int64_t>(times)) {
        for (auto& hits : m_hits) hits.resize(times);
        for (std::size_t i = 0; i < runs.size(); ++i)
            add(daily.place(runs.instants[i], runs.walls[i]).slot);
    }

    // The times at which a weekday had a run on half of its days or more.
    TimesOfDay on(std::size_t weekday) const {
        TimesOfDay result;
        for (const auto hits : m_hits[weekday]) result.push_back(2 * hits >= m_days[weekday]);
        return result;
    }

  private:
    void add(std::int64_t slot) {
        if (slot == m_last) return;
        const auto day = floor_divide(slot, m_times);
        const bool is_apart = m_last < 0 || day - m_last_day > longest_gap;
        for (auto next = is_apart ? day : m_last_day + 1; next <= day; ++next)
            ++m_days[static_cast<std::size_t>(weekday_of(next))];
        m_last = slot, m_last_day = day;
        ++m_hits[static_cast<std::size_t>(weekday_of(day))]
                [static_cast<std::size_t>(slot - day * m_times)];
    }

    std::int64_t m_times, m_last = -1, m_last_day = 0;
    std::array<std::int64_t, 7> m_days{};
    std::array<std::vector<std::int64_t>, 7> m_hits;
};

bool has_some(const TimesOfDay& times) {
    return std::find(times.begin(), times.end(), true) != times.end();
}

bool has_all(const TimesOfDay& times) {
    return std::find(times.begin(), times.end(), false) == times.end();
}

}  // namespace

void propose_lighter_days(const Times& runs, const Candidate& daily,
                          std::vector<Candidate>& found) {
    const auto& slots = std::get<ClockSlots>(daily.schedule.slots());
    const auto& offsets = slots.offsets;
    const bool is_known = runs.walls.back() - runs.walls.front() >= days_looked_at * day_micros;
    if (!is_known || offsets.size() < 2 || offsets.size() > most_times) return;
    const TimesByWeekday known(daily.schedule, runs, offsets.size());
    ClockSlots weekly{week_micros, {}};
    double cost = daily.shape_cost;
    bool is_lighter = false;
    std::set<TimesOfDay> kinds;
    for (std::size_t weekday = 0; weekday < 7; ++weekday) {
        const auto on = known.on(weekday);
        const auto day = static_cast<std::int64_t>((weekday + 4) % 7);  // weeks begin on a Thursday
        for (std::size_t i = 0; i < on.size(); ++i)
            if (on[i]) weekly.offsets.push_back(day * day_micros + offsets[i]);
        if (has_all(on)) continue;
        is_lighter = is_lighter || has_some(on);
        cost += cost_of_other_weekday;
        if (kinds.insert(on).second && has_some(on))
            cost += std::numbers::ln2 * static_cast<double>(on.size());
    }
    if (!is_lighter) return;  // the days are full or free
    std::sort(weekly.offsets.begin(), weekly.offsets.end());
    found.push_back({LearnedSchedule(std::move(weekly), *runs.clock), daily.freedom, cost});
}

}  // namespace jobtally::rhythm
