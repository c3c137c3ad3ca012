// Counts in which slots of the days there were runs, and cuts the days where that changes.
#include "core/rhythm/rests.hpp"

#include "core/rhythm/downtime.hpp"
#include "core/rhythm/evidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

namespace jobtally::rhythm {

namespace {

constexpr std::int64_t longest_told_rest = 7;  // days; a longer one is a pause and tells nothing
constexpr std::int64_t least_days = 2;         // between the first day and the last one
constexpr std::int64_t most_a_day = 1440;
constexpr std::int64_t newest_days = 16;
constexpr double run_in_slot = 0.9;   // the share of slots with a run, where the job runs ...
constexpr double run_in_rest = 0.03;  // ... and where it rests

using Counts = std::vector<double>;

// How many days had a run in a slot, and on how many it was hidden; by weekday.
struct DaysWithRuns {
    std::size_t slots = 0;  // a day
    std::array<Counts, 7> hits, hidden;
    std::array<double, 7> days{};

    double seen(std::size_t weekday, std::size_t slot) const {
        return days[weekday] - hidden[weekday][slot];
    }
};

// Adds the hidden slots between two others, on days that count.
template <class IsCounted>
void add_hidden(DaysWithRuns& counted, const std::vector<SlotRange>& hidden, std::int64_t after,
                std::int64_t before, IsCounted is_counted) {
    const auto slots = static_cast<std::int64_t>(counted.slots);
    for (const auto& range : hidden) {
        for (auto at = std::max(after + 1, range.begin); at < std::min(before, range.end); ++at) {
            const auto day = floor_divide(at, slots);
            if (!is_counted(day)) continue;
            counted.hidden[static_cast<std::size_t>(weekday_of(day))]
                          [static_cast<std::size_t>(at - day * slots)] += 1;
        }
    }
}

DaysWithRuns count(const LearnedSchedule& ticks, std::int64_t slots, const Times& past) {
    DaysWithRuns counted;
    counted.slots = static_cast<std::size_t>(slots);
    counted.hits.fill(Counts(counted.slots));
    counted.hidden = counted.hits;
    const auto slot_of = [&](std::size_t i) {
        return ticks.place(past.instants[i], past.walls[i]).slot;
    };
    std::int64_t before = slot_of(0);
    const std::int64_t first = floor_divide(before, slots);
    const std::int64_t last = floor_divide(slot_of(past.size() - 1), slots);
    std::int64_t day_before = first;
    for (std::size_t i = 1; i < past.size(); ++i) {
        const std::int64_t slot = slot_of(i);
        if (slot <= before) continue;
        const std::int64_t day = floor_divide(slot, slots);
        const bool was_paused = day - day_before > longest_told_rest;
        // The first day began before the past, and the last one is not over.
        const auto is_counted = [&](std::int64_t d) {
            const bool is_between = d > day_before && (was_paused ? d < day : day == last);
            return d != first && d != last && !is_between;
        };
        if (!past.hidden.empty())
            add_hidden(counted, hidden_slots(ticks, past, i - 1, i), before, slot, is_counted);
        before = slot;
        if (day == first) continue;
        if (day == last) break;
        for (std::int64_t d = was_paused ? day : day_before + 1; d <= day; ++d) {
            ++counted.days[static_cast<std::size_t>(weekday_of(d))];
        }
        day_before = day;
        const auto of_day = static_cast<std::size_t>(slot - day * slots);
        ++counted.hits[static_cast<std::size_t>(weekday_of(day))][of_day];
    }
    return counted;
}

struct Part {
    std::vector<bool> is_on;  // by slot
    double nats = 0;
};

// Of days that are alike, after A. Viterbi; see regimes.hpp.
Part shortest(const Counts& hits, const Counts& seen) {
    const std::size_t slots = hits.size();
    const double change = std::log(static_cast<double>(slots));
    const std::array<double, 2> hit{std::log(run_in_rest), std::log(run_in_slot)};
    const std::array<double, 2> miss{std::log(1 - run_in_rest), std::log(1 - run_in_slot)};
    std::array<double, 2> nats{};
    std::vector<std::array<bool, 2>> from(slots);
    for (std::size_t i = 0; i < slots; ++i) {
        const auto before = nats;
        for (const std::size_t on : {0, 1}) {
            const bool is_changed = i > 0 && before[1 - on] - change > before[on];
            from[i][on] = is_changed != (on == 1);
            nats[on] = (is_changed ? before[1 - on] - change : before[on]) + hits[i] * hit[on] +
                       (seen[i] - hits[i]) * miss[on];
        }
    }
    Part part{std::vector<bool>(slots), std::max(nats[0], nats[1])};
    bool is_on = nats[1] >= nats[0];
    for (std::size_t i = slots; i-- > 0; is_on = from[i][is_on ? 1 : 0]) part.is_on[i] = is_on;
    return part;
}

struct Week {
    std::array<std::vector<bool>, 7> is_on;  // by weekday and slot
    double nats = 0;
};

// Days of the same group are taken to be alike.
std::optional<Week> week_of(const DaysWithRuns& counted, std::span<const Weekdays> groups,
                            double least) {
    Week week;
    for (const Weekdays group : groups) {
        Counts hits(counted.slots), seen(counted.slots);
        double days = 0;
        for (std::size_t weekday = 0; weekday < 7; ++weekday) {
            if ((group >> weekday & 1) == 0) continue;
            days += counted.days[weekday];
            for (std::size_t i = 0; i < hits.size(); ++i) {
                hits[i] += counted.hits[weekday][i];
                seen[i] += counted.seen(weekday, i);
            }
        }
        if (days < least) return std::nullopt;
        const Part part = shortest(hits, seen);
        week.nats += part.nats;
        for (std::size_t weekday = 0; weekday < 7; ++weekday) {
            if ((group >> weekday & 1) != 0) week.is_on[weekday] = part.is_on;
        }
    }
    return week;
}

bool is_full(const std::vector<bool>& is_on) {
    return std::find(is_on.begin(), is_on.end(), false) == is_on.end();
}
bool is_empty(const std::vector<bool>& is_on) {
    return std::find(is_on.begin(), is_on.end(), true) == is_on.end();
}

// A job that rests at night may rest at the weekend too, and a missing alarm at the first weekend
// is better than a false one.
void rest_at_first_weekend(Week& week, const DaysWithRuns& counted) {
    if (counted.days[5] + counted.days[6] > 0 || is_full(week.is_on[0])) return;
    for (const std::size_t weekday : {5, 6}) week.is_on[weekday].assign(counted.slots, false);
}

std::optional<Week> shortest_week(const DaysWithRuns& counted) {
    constexpr std::array<Weekdays, 1> alike{every_weekday};
    constexpr std::array<Weekdays, 2> by_work{monday_to_friday, every_weekday & ~monday_to_friday};
    constexpr std::array<Weekdays, 3> by_weekend{monday_to_friday, 32, 64};
    constexpr std::array<Weekdays, 7> each{1, 2, 4, 8, 16, 32, 64};
    auto best = week_of(counted, alike, 1);
    auto by_days = week_of(counted, each, 2);
    // Of the first weekend a job may work on the Saturday alone.
    if (!by_days) by_days = week_of(counted, by_weekend, 1);
    for (auto other : {week_of(counted, by_work, 1), std::move(by_days)}) {
        if (other && (!best || other->nats > best->nats)) best = std::move(other);
    }
    return best;
}

bool explains(const Week& week, const DaysWithRuns& counted) {
    double hits = 0, slots = 0, runs = 0;
    for (std::size_t weekday = 0; weekday < 7; ++weekday) {
        for (std::size_t i = 0; i < counted.slots; ++i) {
            runs += counted.hits[weekday][i];
            if (!week.is_on[weekday][i]) continue;
            hits += counted.hits[weekday][i];
            slots += counted.seen(weekday, i);
        }
    }
    return hits > 0 && hits >= least_coverage * slots && hits >= least_share * runs;
}

// Adds the slots of the day that begins at `begin`.
void add_slots(const std::vector<bool>& is_on, const ClockSlots& ticks, std::int64_t begin,
               std::vector<std::int64_t>& offsets) {
    const std::size_t a_period = ticks.offsets.size();
    for (std::size_t i = 0; i < is_on.size(); ++i) {
        const auto period = static_cast<std::int64_t>(i / a_period) * ticks.period;
        if (is_on[i]) offsets.push_back(begin + period + ticks.offsets[i % a_period]);
    }
}

// Where the days that have slots are alike, they are a day on some weekdays.
ClockSlots slots_of(const Week& week, const ClockSlots& ticks) {
    Weekdays weekdays = 0;
    const std::vector<bool>* alike = nullptr;
    bool are_alike = true;
    for (std::size_t weekday = 0; weekday < 7; ++weekday) {
        const auto& is_on = week.is_on[weekday];
        if (is_empty(is_on)) continue;
        weekdays = static_cast<Weekdays>(weekdays | 1 << weekday);
        if (alike == nullptr) alike = &is_on;
        are_alike = are_alike && *alike == is_on;
    }
    if (are_alike && is_full(*alike)) return {ticks.period, ticks.offsets, weekdays};
    if (are_alike) {
        ClockSlots slots{day_micros, {}, weekdays};
        add_slots(*alike, ticks, 0, slots.offsets);
        return slots;
    }
    ClockSlots slots{week_micros, {}};
    for (std::size_t day = 0; day < 7; ++day) {  // weeks are counted from a Thursday
        add_slots(week.is_on[(day + 3) % 7], ticks, static_cast<std::int64_t>(day) * day_micros,
                  slots.offsets);
    }
    return slots;
}

struct Explained {
    LearnedSchedule schedule;
    double nats = 0;
};

std::optional<Explained> explained(ClockSlots ticks, const Times& past) {
    for (auto& offset : ticks.offsets) offset -= floor_divide(offset, ticks.period) * ticks.period;
    std::sort(ticks.offsets.begin(), ticks.offsets.end());
    const auto slots = day_micros / ticks.period * static_cast<std::int64_t>(ticks.offsets.size());
    if (past.walls.back() - past.walls.front() < (least_days + 2) * day_micros) return std::nullopt;
    const auto counted = count(LearnedSchedule(ticks, *past.clock), slots, past);
    auto week = shortest_week(counted);
    if (!week || !explains(*week, counted)) return std::nullopt;
    if (weekday_of(floor_divide(past.walls.back(), day_micros)) < 5) {
        rest_at_first_weekend(*week, counted);
    }
    if (std::all_of(week->is_on.begin(), week->is_on.end(), is_full)) return std::nullopt;
    return Explained{LearnedSchedule(slots_of(*week, ticks), *past.clock), week->nats};
}

// The slots at all hours of the day, where those that are known are evenly apart.
std::optional<ClockSlots> ticks_of(const ClockSlots& slots) {
    const auto& offsets = slots.offsets;
    if (day_micros % slots.period != 0) return std::nullopt;
    if (slots.period < day_micros || offsets.size() < 3) return ClockSlots{slots.period, offsets};
    std::int64_t step = slots.period;
    for (std::size_t i = 1; i < offsets.size(); ++i) {
        step = std::gcd(step, offsets[i] - offsets[i - 1]);
    }
    const bool are_even = step >= 60 * second_micros;
    return are_even ? ClockSlots{step, {offsets.front() % step}} : ClockSlots{day_micros, offsets};
}

// Runs of a few hours are as even as those of a part of the day, whatever a clock shows.
std::optional<ClockSlots> ticks_of(const EvenSlots& even) {
    const std::int64_t times = (day_micros + even.interval / 2) / even.interval;
    const std::int64_t period = times > 0 ? day_micros / times : 0;
    const bool is_part = times > 0 && day_micros % times == 0 && times <= most_a_day;
    if (!is_part || std::abs(period - even.interval) > period / 1000) return std::nullopt;
    return ClockSlots{period, {even.anchor - floor_divide(even.anchor, period) * period}};
}

std::optional<ClockSlots> ticks_of(const LearnedSchedule& schedule) {
    const auto& slots = schedule.slots();
    if (const auto* clock = std::get_if<ClockSlots>(&slots)) return ticks_of(*clock);
    const auto* even = std::get_if<EvenSlots>(&slots);
    return even == nullptr ? std::nullopt : ticks_of(*even);
}

std::optional<Rested> rested(const LearnedSchedule& ticks, const Times& on_ticks, const Times& utc,
                             const Times& local) {
    // What this clock shows, and what the other one does.
    const auto at = [&](const Times& clock) {
        const auto by = clock.walls.back() - on_ticks.walls.back();
        return explained(std::get<ClockSlots>(ticks.shifted(by).slots()), clock);
    };
    auto by_local = at(local);
    auto by_utc = local.clock == utc.clock ? std::nullopt : at(utc);
    if (!by_local && !by_utc) return std::nullopt;
    if (!by_local || (by_utc && by_utc->nats > by_local->nats + clocks_alike)) {
        return Rested{std::move(by_utc->schedule), std::nullopt};
    }
    Rested found{std::move(by_local->schedule), std::nullopt};
    if (by_utc && by_utc->nats > by_local->nats - clocks_alike) {
        found.other_clock = std::move(by_utc->schedule);
    }
    return found;
}

}  // namespace

std::vector<Rested> with_rests(const LearnedSchedule& schedule, const OnClocks& past) {
    const auto slots = ticks_of(schedule);
    if (!slots || past.size() < 2) return {};
    const LearnedSchedule ticks(*slots, schedule.clock());
    const auto all = past.utc().instants;
    const auto newest =
        std::lower_bound(all.begin(), all.end(), all.back() - newest_days * day_micros);
    std::vector<Rested> found;
    for (const std::size_t begin :
         {std::size_t{0}, static_cast<std::size_t>(newest - all.begin())}) {
        const auto part = [&](const Times& times) {
            return times.part(begin, past.size() - begin);
        };
        auto one =
            rested(ticks, part(past.of(schedule.clock())), part(past.utc()), part(past.local()));
        if (one) found.push_back(std::move(*one));
        if (newest == all.begin()) break;
    }
    return found;
}

}  // namespace jobtally::rhythm
