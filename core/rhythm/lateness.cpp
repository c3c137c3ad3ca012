// Folds the lags over days, weeks and months, and keeps the times at which most are outliers.
#include "core/rhythm/lateness.hpp"

#include "core/rhythm/learned_schedule.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <span>

namespace jobtally::rhythm {

namespace {

constexpr std::size_t newest_looked_at = 6;  // of the runs at one time
constexpr std::size_t least_slow = 2;        // of them, and at least half

// In whole seconds, as in rhythm.cpp.
time::Duration allowed(std::vector<double> lags, time::Duration room) {
    const double micros = reach(std::move(lags)) + static_cast<double>(room.count());
    return std::chrono::ceil<std::chrono::seconds>(
        time::Duration{static_cast<std::int64_t>(std::ceil(micros))});
}

std::int64_t wall_of(const time::Zone& clock, std::int64_t instant) {
    return clock.to_local(time::instant_from_micros(instant)).time_since_epoch().count();
}

bool are_slow(std::span<const std::int64_t> lags, time::Duration late) {
    const auto newest = lags.first(std::min(lags.size(), newest_looked_at));
    const auto slow = static_cast<std::size_t>(std::count_if(
        newest.begin(), newest.end(), [&](std::int64_t lag) { return lag > late.count(); }));
    return slow >= least_slow && 2 * slow >= newest.size();
}

}  // namespace

double reach(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    const double middle = at(0.5), quartiles = at(0.75) - at(0.25);
    const double fence = at(0.75) + 4 * quartiles;
    double greatest = values.front();
    std::size_t count = 0;
    for (const double value : values) {
        if (value > fence && value > at(0.9)) continue;
        greatest = value;
        ++count;
    }
    return greatest + (greatest - middle) * 1.5 / static_cast<double>(count);
}

void SlowSlots::learn(const std::vector<Reported>& reports, time::Duration late,
                      time::Duration room, const time::Zone& local) {
    const auto is_slow = [&](const Reported& report) { return report.lag > late.count(); };
    if (std::none_of(reports.begin(), reports.end(), is_slow)) return;
    for (const auto& clock : {local, time::Zone()}) {
        OnClock on{clock};
        on.learn(reports, late, room);
        if (!on.times.empty()) m_clocks.push_back(std::move(on));
    }
}

void SlowSlots::OnClock::learn(const std::vector<Reported>& reports, time::Duration late,
                               time::Duration room) {
    std::vector<std::int64_t> walls;
    for (const auto& report : reports) walls.push_back(wall_of(clock, report.slot));
    for (const By by : {By::day, By::week, By::month}) {
        std::map<std::int64_t, std::vector<std::int64_t>> lags_at;
        for (std::size_t i = 0; i < reports.size(); ++i) {
            if (reports[i].lag > late.count() && at_wall(walls[i]) == nullptr)
                lags_at[offset_in(by, walls[i])];
        }
        if (lags_at.empty()) break;
        for (std::size_t i = 0; i < reports.size(); ++i) {
            const auto found = lags_at.find(offset_in(by, walls[i]));
            if (found != lags_at.end()) found->second.push_back(reports[i].lag);
        }
        for (auto& [offset, lags] : lags_at) {
            if (!are_slow(lags, late)) continue;
            const auto longer = allowed({lags.begin(), lags.end()}, room);
            times.push_back({by, offset, {std::max(late, longer), std::move(lags)}});
        }
    }
}

const SlowSlots::Slow* SlowSlots::at(time::Instant slot) const {
    const Slow* slowest = nullptr;
    for (const auto& on : m_clocks) {
        const auto* slow = on.at_wall(wall_of(on.clock, time::micros(slot)));
        if (slow && (!slowest || slow->late > slowest->late)) slowest = slow;
    }
    return slowest;
}

std::int64_t SlowSlots::offset_in(By by, std::int64_t wall) {
    const std::int64_t day = floor_divide(wall, day_micros);
    if (by == By::week) return wall - floor_divide(wall, week_micros) * week_micros;
    const std::int64_t days =
        by == By::month ? day_of_month(day, MonthSlots::By::day).from_first : 0;
    return wall - (day - days) * day_micros;
}

const SlowSlots::Slow* SlowSlots::OnClock::at_wall(std::int64_t wall) const {
    const auto found = std::find_if(times.begin(), times.end(), [&](const Time& time) {
        return offset_in(time.by, wall) == time.offset;
    });
    return found == times.end() ? nullptr : &found->slow;
}

}  // namespace jobtally::rhythm
