// Counts the days of the runs in five ways (from the first and the last day, of all days and of
// working days, and by weekday), and proposes those that most months have.
#include "core/rhythm/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace jobtally::rhythm {

namespace {

constexpr std::size_t most_days = 4;     // of a month
constexpr double cost_of_the_step = 2;   // nats, to name every how many months and which ones
constexpr double cost_of_the_count = 1;  // nats, to name how many days and how they are counted

template <class Value>
Value most_frequent(const std::vector<Value>& values) {
    std::map<Value, int> counts;
    for (const Value value : values) ++counts[value];
    return std::max_element(counts.begin(), counts.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

class Months {
  public:
    Months(std::span<const std::int64_t> walls, const time::Zone& clock,
           std::vector<Candidate>& found)
        : m_clock(clock), m_found(found) {
        std::vector<std::int64_t> times, steps, months;
        for (const std::int64_t wall : walls) {
            times.push_back(wall - floor_divide(wall, day_micros) * day_micros);
        }
        std::sort(times.begin(), times.end());
        m_slots.time = circular_middle(times, day_micros);
        for (const std::int64_t wall : walls) {
            // A run shortly after midnight may belong to the day before.
            const std::int64_t day = floor_divide(wall - m_slots.time + day_micros / 2, day_micros);
            const std::int64_t month = month_of(day * day_micros);
            if (!months.empty() && month != months.back()) steps.push_back(month - months.back());
            months.push_back(month);
            m_days.push_back(day);
        }
        if (steps.empty()) return;
        m_slots.step = most_frequent(steps);
        const std::int64_t month = most_frequent(months);
        m_slots.phase = month - floor_divide(month, m_slots.step) * m_slots.step;
        months.erase(std::unique(months.begin(), months.end()), months.end());
        m_months = months.size();
    }

    void propose() {
        if (m_months < 2) return;
        for (const auto by : {MonthSlots::By::day, MonthSlots::By::working_day}) {
            m_slots.by = by;
            propose_days(31);
        }
        std::vector<int> weekdays;
        for (const std::int64_t day : m_days) weekdays.push_back(weekday_of(day));
        m_slots.by = MonthSlots::By::weekday;
        m_slots.weekday = most_frequent(weekdays);
        std::erase_if(m_days, [&](std::int64_t day) { return weekday_of(day) != m_slots.weekday; });
        propose_days(35);
    }

  private:
    // `choices`: as many days there are to choose from.
    void propose_days(double choices) {
        std::map<int, std::size_t> from_first, from_last;
        for (const std::int64_t day : m_days) {
            const auto counted = day_of_month(day, m_slots.by);
            ++from_first[counted.from_first];
            ++from_last[counted.from_last];
        }
        for (const auto* counts : {&from_first, &from_last}) {
            m_slots.days.clear();
            for (const auto& [which, count] : *counts) {
                if (2 * count >= m_months) m_slots.days.push_back(which);
            }
            if (m_slots.days.empty() || m_slots.days.size() > most_days) continue;
            add(choices);
        }
    }

    void add(double choices) {
        const double days = static_cast<double>(m_slots.days.size());
        const double cost = days * std::log(choices) + cost_of_the_count + cost_of_the_step;
        const bool may_be_none = m_slots.by == MonthSlots::By::day && m_slots.days.back() >= 28;
        // Who means the last day says so: a 31st is not in every month.
        const double odd = may_be_none ? 1 : 0;
        m_found.push_back({LearnedSchedule(m_slots, m_clock), 1, cost + odd});
        if (!may_be_none) return;
        // The steps are those of the months that have the day: the 31st comes each second one.
        add_leaving_out(1, cost + odd / 2);
        if (m_slots.step > 1) add_leaving_out(m_slots.step, cost + odd / 2);
    }

    void add_leaving_out(std::int64_t step, double cost) {
        MonthSlots slots = m_slots;
        slots.leaves_out = true;
        slots.step = step;
        slots.phase = m_slots.phase % step;
        m_found.push_back({LearnedSchedule(std::move(slots), m_clock), 1, cost});
    }

    const time::Zone& m_clock;
    std::vector<Candidate>& m_found;
    MonthSlots m_slots;
    std::vector<std::int64_t> m_days;
    std::size_t m_months = 0;
};

}  // namespace

void propose_months(const Times& runs, std::vector<Candidate>& found) {
    Months(runs.walls, *runs.clock, found).propose();
}

}  // namespace jobtally::rhythm
