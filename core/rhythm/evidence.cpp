// Log likelihoods of runs under a candidate, and under chance.
#include "core/rhythm/evidence.hpp"

#include "core/query/percentile.hpp"
#include "core/rhythm/downtime.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace jobtally::rhythm {

namespace {

constexpr double outliers = 0.03;         // the share of residuals that may be anywhere
constexpr std::int64_t least_pause = 6;   // this many misses in a row are a pause ...
constexpr std::int64_t pause_misses = 3;  // ... which counts as this many misses
constexpr double least_sigma = 1;         // seconds; to be more exact than that proves nothing

double seconds(std::int64_t micros) {
    return static_cast<double>(micros) / static_cast<double>(second_micros);
}

std::int64_t slots_a_period(const LearnedSchedule& schedule) {
    if (const auto* clock = std::get_if<ClockSlots>(&schedule.slots())) {
        return static_cast<std::int64_t>(clock->offsets.size());
    }
    const auto* month = std::get_if<MonthSlots>(&schedule.slots());
    return month == nullptr ? 1 : static_cast<std::int64_t>(month->days.size());
}

double period_seconds(const LearnedSchedule& schedule) {
    const auto& slots = schedule.slots();
    if (const auto* clock = std::get_if<ClockSlots>(&slots)) return seconds(clock->period);
    if (const auto* month = std::get_if<MonthSlots>(&slots)) {
        return static_cast<double>(month->step) * 30.44 * 86400;
    }
    if (const auto* even = std::get_if<EvenSlots>(&slots)) return seconds(even->interval);
    return seconds(std::get<SinceLast>(slots).interval);
}

// A typical small distance between the slots of a period: an eighth of all distances are smaller.
double distance_of(const LearnedSchedule& schedule) {
    const auto* clock = std::get_if<ClockSlots>(&schedule.slots());
    if (clock == nullptr || clock->offsets.size() < 2) {
        return period_seconds(schedule) / static_cast<double>(slots_a_period(schedule));
    }
    std::vector<std::int64_t> distances{clock->offsets.front() + clock->period -
                                        clock->offsets.back()};
    for (std::size_t i = 1; i < clock->offsets.size(); ++i) {
        distances.push_back(clock->offsets[i] - clock->offsets[i - 1]);
    }
    const std::size_t an_eighth = distances.size() / 8;
    return seconds(query::value_at(std::move(distances), an_eighth));
}

// How many intervals of the gap before a run are hidden.
std::int64_t hidden_steps(const SinceLast& since, const Times& runs, std::size_t run) {
    if (runs.hidden.empty()) return 0;
    const auto hidden = down_within(runs.hidden, time::instant_from_micros(runs.instants[run - 1]),
                                    time::instant_from_micros(runs.instants[run]));
    return (hidden.count() + since.interval / 2) / since.interval;
}

// A gap is taken to be the nearest whole number of intervals long; the rest is its residual.
std::vector<PlacedRun> placed_since_last(const SinceLast& since, const Times& runs) {
    std::vector<PlacedRun> result{{0, 0, true}};
    for (std::size_t i = 1; i < runs.size(); ++i) {
        const std::int64_t gap = runs.instants[i] - runs.instants[i - 1];
        const std::int64_t steps = (gap + since.interval / 2) / since.interval;
        const std::int64_t seen = steps - hidden_steps(since, runs, i);
        result.push_back({result.back().slot + steps, gap - steps * since.interval, steps > 0,
                          std::clamp<std::int64_t>(seen - 1, 0, least_pause)});
    }
    return result;
}

// A sigma that so many residuals tell, corrected for the degrees of freedom, because slots that
// were placed amid the runs make the residuals smaller.
double corrected(double sigma, double count, double freedom) {
    return std::max(least_sigma, sigma * std::sqrt(count / std::max(count - freedom, 0.5)));
}

// The median of |residual| of the hits times 1.4826, which estimates the sigma of a normal
// distribution, whatever a few outliers are.
double sigma_of(const std::vector<PlacedRun>& runs, double freedom) {
    std::vector<std::int64_t> sizes;
    sizes.reserve(runs.size());
    for (const auto& run : runs) {
        if (run.is_hit) sizes.push_back(std::abs(run.residual));
    }
    if (sizes.empty()) return least_sigma;
    const double count = static_cast<double>(sizes.size());
    const double usual = seconds(query::upper_median(std::move(sizes)));
    return corrected(1.4826 * usual, count, freedom);
}

// The root of their mean square, which is surer than the median where there are no outliers.
double sigma_by_squares(const std::vector<PlacedRun>& runs, double freedom) {
    double count = 0, squares = 0;
    for (const auto& run : runs) {
        if (!run.is_hit) continue;
        const double residual = seconds(run.residual);
        count += 1, squares += residual * residual;
    }
    return corrected(std::sqrt(squares / std::max(count, 1.0)), count, freedom);
}

// Of a run around its slot: normal, but for a few that may be anywhere.
class LogDensity {
  public:
    LogDensity(double sigma, double spacing)
        : m_sigma(sigma),
          m_normal(std::log((1 - outliers) / (sigma * std::sqrt(2 * std::numbers::pi)))),
          m_outlier(std::log(outliers / spacing)) {}

    double at(double residual) const {
        const double z = residual / m_sigma;
        const double normal = m_normal - z * z / 2;
        // Where one is far greater than the other, it is the sum of both.
        constexpr double far = 8;
        if (std::abs(normal - m_outlier) > far) return std::max(normal, m_outlier);
        return m_outlier + std::log1p(std::exp(normal - m_outlier));
    }
    double of_outlier() const { return m_outlier; }

  private:
    double m_sigma, m_normal, m_outlier;
};

// Slots without a run between two with one, but for hidden ones, least_pause at most. `from` and
// `to` are those runs.
std::int64_t misses_between(const LearnedSchedule& schedule, const Times& runs,
                            const std::vector<PlacedRun>& placed, std::size_t from,
                            std::size_t to) {
    const std::int64_t first = placed[from].slot + 1, end = placed[to].slot;
    if (first >= end) return 0;
    const auto ahead = [&](std::size_t run) { return runs.walls[run] - runs.instants[run]; };
    const bool is_turned_on = ahead(to) > ahead(from);
    if (!is_turned_on && schedule.is_each_day() && runs.hidden.empty()) {
        return std::min(end - first, least_pause);
    }
    std::int64_t misses = 0;
    const auto add = [&](std::int64_t slot, std::int64_t before) {
        if (!is_turned_on && schedule.is_each_day()) {
            misses += std::max<std::int64_t>(before - slot, 0);
            return;
        }
        for (; slot < before && misses < least_pause; ++slot) {
            misses += schedule.is_on(slot) && !(is_turned_on && schedule.is_left_out(slot)) ? 1 : 0;
        }
    };
    std::int64_t seen = first;
    for (const auto& hidden : hidden_slots(schedule, runs, from, to)) {
        add(seen, std::min(hidden.begin, end));
        seen = std::max(seen, hidden.end);
    }
    add(seen, end);
    return std::min(misses, least_pause);
}

std::int64_t counted_misses(const PlacedRun& run) {
    return run.misses == least_pause ? pause_misses : run.misses;
}

// With `while_plausible` none at all, where there are so many extras or misses that the others
// can't make up for them.
std::vector<PlacedRun> placed_by(const LearnedSchedule& schedule, const Times& runs,
                                 bool while_plausible) {
    if (const auto* since = std::get_if<SinceLast>(&schedule.slots())) {
        return placed_since_last(*since, runs);
    }
    std::vector<PlacedRun> result(runs.size());
    std::size_t hit = runs.size();  // the last hit's place in result
    std::int64_t extras = 0, misses = 0, judged = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto place = schedule.place(runs.instants[i], runs.walls[i]);
        PlacedRun& next = result[i];
        next.slot = place.slot;
        next.residual = place.residual;
        next.is_hit = schedule.is_on(place, runs.walls[i]);
        if (next.is_hit && hit < i && result[hit].slot == next.slot) {
            const bool is_nearer = std::abs(next.residual) < std::abs(result[hit].residual);
            next.misses = result[hit].misses;
            (is_nearer ? result[hit] : next).is_hit = false;
            ++extras;
        } else if (next.is_hit && hit < i) {
            next.misses = misses_between(schedule, runs, result, hit, i);
            misses += counted_misses(next);
        } else if (!next.is_hit) {
            ++extras;
        }
        if (next.is_hit) hit = i;
        if (!while_plausible || extras + misses == judged) continue;
        judged = extras + misses;
        if (!Evidence::may_be_plausible(std::ssize(runs.instants) - extras, misses, extras))
            return {};
    }
    return result;
}

}  // namespace

std::vector<PlacedRun> placed(const LearnedSchedule& schedule, const Times& runs) {
    return placed_by(schedule, runs, false);
}

Pauses pauses_all_the_time(const std::vector<PlacedRun>& runs) {
    constexpr std::int64_t hits_a_pause = 10, some = 3;
    Pauses pauses;
    std::int64_t hits = 0, slots = 0, last = 0;
    for (const auto& run : runs) {
        if (!run.is_hit) continue;
        if (run.misses == least_pause) ++pauses.count, slots += run.slot - last - 1;
        last = run.slot;
        ++hits;
    }
    pauses.misses = pauses.count * least_pause;
    if (pauses.count >= some && slots > hits) {
        pauses.misses = slots;
    } else if (pauses.count * hits_a_pause <= hits) {
        return {};
    }
    return pauses;
}

namespace {

// How many slots a day has; 0 where that is no whole number.
std::int64_t times_a_day(const LearnedSchedule& schedule) {
    if (const auto* clock = std::get_if<ClockSlots>(&schedule.slots()))
        return day_micros / clock->period * std::ssize(clock->offsets);
    const auto* even = std::get_if<EvenSlots>(&schedule.slots());
    if (even == nullptr || even->interval <= 0) return 0;
    const auto times = (day_micros + even->interval / 2) / even->interval;
    const bool is_whole = std::abs(times * even->interval - day_micros) * 20 < even->interval;
    return is_whole ? times : 0;
}

struct TimeOfDay {
    std::int64_t times, time;  // of so many that one
};

// On how many days that had other runs it was hidden.
std::int64_t days_hidden(const LearnedSchedule& schedule, const Times& runs,
                         const std::vector<PlacedRun>& all, const TimeOfDay& at) {
    if (runs.hidden.empty()) return 0;
    std::int64_t days = 0, last = INT64_MIN;
    for (const auto& run : all) {
        const auto day = floor_divide(run.slot, at.times);
        if (!run.is_hit || day == last) continue;
        last = day;
        const auto time = schedule.time_of(day * at.times + at.time);
        days += std::any_of(runs.hidden.begin(), runs.hidden.end(),
                            [&](const auto& span) { return span.contains(time); });
    }
    return days;
}

// True where there was no run at one time of the day on any of some days that had others, and on
// which it is not hidden: what runs at 8, 12 and 20 h runs not each 4 h.
bool has_idle_time(const LearnedSchedule& schedule, const Times& runs,
                   const std::vector<PlacedRun>& all) {
    constexpr std::int64_t some_days = 2, most_times = 24;
    const auto times = times_a_day(schedule);
    if (times < 2 || times > most_times) return false;
    std::array<std::int64_t, most_times> hits{};
    std::int64_t days = 0, day = 0, first = -1, last = 0;
    for (const auto& run : all) {
        if (!run.is_hit) continue;
        const auto its_day = floor_divide(run.slot, times);
        last = run.slot - its_day * times;
        if (first < 0) first = last;
        if (days == 0 || its_day != day) ++days, day = its_day;
        ++hits[static_cast<std::size_t>(last)];
    }
    for (std::int64_t time = 0; time < times; ++time) {
        if (hits[static_cast<std::size_t>(time)] > 0) continue;
        const auto passed = days - (time < first ? 1 : 0) - (time > last ? 1 : 0);
        if (passed - days_hidden(schedule, runs, all, {times, time}) >= some_days) return true;
    }
    return false;
}

Evidence measured(const Candidate& candidate, const Times& runs,
                  const std::vector<PlacedRun>& all) {
    Evidence evidence;
    for (const auto& run : all) {
        evidence.hits += run.is_hit ? 1 : 0;
        evidence.extras += run.is_hit ? 0 : 1;
        evidence.misses += run.is_hit ? counted_misses(run) : 0;
    }
    if (const auto pauses = pauses_all_the_time(all); pauses.count > 1) {
        evidence.misses += pauses.misses - pauses.count * pause_misses;
    }
    if (!evidence.may_be_plausible()) return evidence;
    evidence.has_idle_time = has_idle_time(candidate.schedule, runs, all);
    evidence.slots = slots_a_period(candidate.schedule);
    evidence.spacing = period_seconds(candidate.schedule) / static_cast<double>(evidence.slots);
    evidence.distance = distance_of(candidate.schedule);
    evidence.sigma = sigma_of(all, candidate.freedom);
    return evidence;
}

// How likely a slot has a run; most have.
double hit_share(const Evidence& evidence) {
    const double hits = static_cast<double>(evidence.hits);
    return (hits + 4) / (hits + static_cast<double>(evidence.misses) + 5);
}

// Of the slots without a run before a hit: one by one, or as a hole, which has one cause and a
// length. A pause has a length anyway. The hit before was `distance` slots ago.
double nats_of_misses(const PlacedRun& hit, std::int64_t distance, double log_miss, bool is_hole) {
    if (hit.misses == 0) return 0;
    const bool is_pause = hit.misses == least_pause;
    const double length = static_cast<double>(is_pause ? distance - 1 : hit.misses);
    const double one_by_one =
        static_cast<double>(counted_misses(hit)) * log_miss - (is_pause ? std::log(length + 1) : 0);
    return is_hole ? std::max(one_by_one, log_miss - std::log(length * (length + 1))) : one_by_one;
}

// Calls take(RunNats) for each run. What has a run at each third slot, say, has no holes.
template <class Take>
void each_run_nats(const Evidence& evidence, const std::vector<PlacedRun>& all, bool has_holes,
                   Take take) {
    const double share = hit_share(evidence);
    const double log_hit = std::log(share), log_miss = std::log(1 - share);
    const LogDensity density(evidence.sigma, evidence.spacing);
    std::int64_t last = 0, misses = 0;  // the slot of the last hit, and its misses
    for (const auto& run : all) {
        if (!run.is_hit) {
            take(RunNats{density.of_outlier(), 0});
            continue;
        }
        const bool is_hole = has_holes && misses == 0 && run.misses > 1;
        take(RunNats{log_hit + density.at(seconds(run.residual)),
                     nats_of_misses(run, run.slot - last, log_miss, is_hole)});
        last = run.slot, misses = run.misses;
    }
}

}  // namespace

double cost_of(const Candidate& candidate, const Evidence& evidence) {
    const double runs_a_slot =
        std::max(1.0, static_cast<double>(evidence.hits) / candidate.freedom);
    const double exactness =
        std::log(period_seconds(candidate.schedule) / evidence.sigma) + 0.5 * std::log(runs_a_slot);
    return candidate.shape_cost + candidate.freedom * std::max(1.0, exactness);
}

namespace {

double nats_of(const Candidate& candidate, const Evidence& evidence,
               const std::vector<PlacedRun>& all) {
    double sum = 0;
    each_run_nats(evidence, all, false, [&](const RunNats& nats) { sum += nats.sum(); });
    return sum - cost_of(candidate, evidence);
}

}  // namespace

Evidence weigh(const Candidate& candidate, const Times& runs, Spread spread) {
    const auto all = placed_by(candidate.schedule, runs, true);
    Evidence evidence = measured(candidate, runs, all);
    if (!evidence.is_plausible()) return evidence;
    evidence.nats = nats_of(candidate, evidence, all);
    if (spread == Spread::by_median) return evidence;
    Evidence other = evidence;
    other.sigma = sigma_by_squares(all, candidate.freedom);
    other.nats = nats_of(candidate, other, all);
    return other.is_plausible() && other.nats > evidence.nats ? other : evidence;
}

std::vector<RunNats> nats_of_runs(const Candidate& candidate, const Evidence& evidence,
                                  const Times& runs) {
    std::vector<RunNats> all;
    all.reserve(runs.size());
    each_run_nats(evidence, placed(candidate.schedule, runs), true,
                  [&](const RunNats& nats) { all.push_back(nats); });
    return all;
}

}  // namespace jobtally::rhythm
