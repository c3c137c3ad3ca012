// Learns the rhythm of a definition from its runs, and measures how early and late they are.
#include "core/rhythm/rhythm.hpp"

#include "core/query/percentile.hpp"
#include "core/rhythm/downtime.hpp"
#include "core/rhythm/regimes.hpp"
#include "core/rhythm/sessions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace jobtally::rhythm {

namespace {

constexpr double many_misses = 0.3;     // of the slots
constexpr std::size_t most_lags = 200;  // this many of the newest hits show how late is normal

using query::Run;

// In whole seconds, because what is learned is no more exact than that.
time::Duration whole_seconds(double micros) {
    const double seconds = std::ceil(micros / static_cast<double>(second_micros));
    return std::chrono::seconds(static_cast<std::int64_t>(std::max(1.0, seconds)));
}

// How long runs take at most, without outliers; 0 if nothing is known.
time::Duration usual_duration(std::span<const Run> runs) {
    std::vector<double> durations;
    for (const Run& run : runs.last(std::min(runs.size(), most_lags))) {
        if (const auto micros = run.duration()) durations.push_back(static_cast<double>(*micros));
    }
    return durations.empty() ? time::Duration{0} : whole_seconds(reach(std::move(durations)));
}

time::Duration median_duration(std::span<const Run> runs) {
    std::vector<std::int64_t> durations;
    for (const Run& run : runs) durations.push_back(run.duration().value_or(0));
    return time::Duration{query::upper_median(std::move(durations))};
}

// The newest first.
struct Lags {
    std::vector<double> early;       // microseconds before the slot
    std::vector<Reported> reported;  // after it
};

void add_lags(Lags& lags, const Candidate& candidate, const Times& times,
              std::span<const Run> runs) {
    const auto all = placed(candidate.schedule, times);
    for (std::size_t i = all.size(); i-- > 0;) {
        if (!all[i].is_hit) continue;
        const std::int64_t residual = all[i].residual;
        if (lags.early.size() < most_lags) lags.early.push_back(-static_cast<double>(residual));
        lags.reported.push_back(
            {times.instants[i] - residual, residual + runs[i].duration().value_or(0)});
    }
}

// The same of the runs before `first`, where some took long; how long the others took is unknown
// and no matter.
void add_past_lags(std::vector<Reported>& reported, const LearnedSchedule& schedule,
                   const OnClocks& past, std::span<const query::LongRun> long_runs,
                   std::int64_t first) {
    const Times times = past.of(schedule.clock());
    auto longer = long_runs.rbegin();
    std::int64_t last = 0;
    for (std::size_t i = times.size(); i-- > 0;) {
        if (times.instants[i] >= first) continue;
        const auto place = schedule.place(times.instants[i], times.walls[i]);
        if (!schedule.is_on(place, times.walls[i])) continue;
        if (reported.empty() || place.slot != last)
            reported.push_back({times.instants[i] - place.residual, 0});
        last = place.slot;
        // The minutes are told by their middles.
        constexpr std::int64_t half_a_minute = 30 * second_micros;
        const std::int64_t begin = times.instants[i] - half_a_minute;
        while (longer != long_runs.rend() && longer->created_at >= begin + 2 * half_a_minute)
            ++longer;
        for (; longer != long_runs.rend() && longer->created_at >= begin; ++longer) {
            auto& lag = reported.back().lag;
            lag = std::max(lag, place.residual + longer->duration);
        }
    }
}

// How much earlier than the slot people would say that the run is planned. The slot is the middle
// of its runs, but people name a time that nine in ten of them come after.
std::int64_t usual_earliness(std::vector<double> early) {
    const std::size_t nine_tenths = early.size() * 9 / 10;
    const double usual = query::value_at(std::move(early), nine_tenths);
    return std::max<std::int64_t>(0, static_cast<std::int64_t>(usual));
}

Rhythm rhythm_of(const Found& found, const Lags& lags, const time::Zone& local) {
    const Weighed& best = found.best;
    const double spacing = best.evidence.distance * second_micros;
    Rhythm rhythm;
    LearnedSchedule learned = best.candidate.schedule;
    const double early = std::max(0.0, reach(lags.early));
    learned.show_earlier(usual_earliness(lags.early));
    rhythm.schedule = std::make_shared<LearnedSchedule>(std::move(learned));
    if (found.other_clock) {
        rhythm.other_clock =
            std::make_shared<LearnedSchedule>(found.other_clock->candidate.schedule);
    }
    rhythm.patience = best.evidence.misses_share() > many_misses ? 2 : 1;
    const double room = std::min(0.01 * spacing, 3600.0 * second_micros);
    if (rhythm.schedule->has_fixed_slots()) {
        rhythm.early =
            whole_seconds(std::min(std::max(early + room, 0.05 * spacing), 0.45 * spacing));
    }
    for (std::size_t i = 0; i < std::min(lags.reported.size(), most_lags); ++i)
        rhythm.lags.push_back(lags.reported[i].lag);
    rhythm.late = whole_seconds(reach({rhythm.lags.begin(), rhythm.lags.end()}) + room);
    if (goes_by_a_clock(best.candidate)) {
        rhythm.slow.learn(lags.reported, rhythm.late,
                          time::Duration{static_cast<std::int64_t>(room)}, local);
    }
    return rhythm;
}

std::vector<std::int64_t> instants_of(std::span<const Run> runs) {
    std::vector<std::int64_t> instants;
    for (const Run& run : runs) instants.push_back(run.created_at);
    return instants;
}

// Whether each group is a job that was tried again until it was well, or nobody tried any more.
bool are_retries(std::span<const Run> runs, const std::vector<std::size_t>& starts) {
    std::size_t group = 0;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        const bool is_first = group + 1 < starts.size() && starts[group + 1] == i;
        if (is_first) ++group;
        if (!is_first && runs[i - 1].succeeded()) return false;
    }
    return true;
}

// The runs that tell the rhythm: all, or the first ones of groups.
struct Telling {
    std::vector<Run> runs;
    std::vector<std::size_t> places;  // among all runs
    std::vector<std::int64_t> past;   // minutes

    Telling firsts_of(const Groups& groups) const {
        Telling firsts{{}, {}, first_minutes(past, groups.longest)};
        for (const std::size_t start : groups.starts) {
            firsts.runs.push_back(runs[start]);
            firsts.places.push_back(places[start]);
        }
        return firsts;
    }
};

// What holds of them all.
struct Surroundings {
    const time::Zone& local;
    std::span<const time::TimeSpan> hidden, hidden_past;
    std::span<const query::LongRun> long_runs;
};

// The schedules of a row of runs, as one regime after the other.
class Learned {
  public:
    Learned(Telling telling, const Surroundings& around)
        : m_telling(std::move(telling)),
          m_around(around),
          m_instants(instants_of(m_telling.runs)),
          m_on_clocks(m_instants, around.local, around.hidden),
          m_regimes(regimes_of(m_on_clocks, {m_telling.past, around.local, around.hidden_past})) {}

    // By the first runs of groups alone; null where that is no better.
    std::unique_ptr<Learned> by_groups(Grouping grouping) const {
        const auto groups = groups_of(m_instants, grouping);
        const auto& starts = groups.starts;
        if (starts.size() == m_instants.size() || starts.size() < least_runs) return nullptr;
        auto by_firsts = std::make_unique<Learned>(m_telling.firsts_of(groups), m_around);
        const bool are_alike = by_firsts->nats() + nats_within(m_instants, starts) <= nats();
        // Evenly spaced retries look like a schedule of their own.
        if (are_alike && !are_retries(m_telling.runs, starts)) return nullptr;
        return by_firsts;
    }

    std::vector<Stretch> stretches(std::span<const Run> all_runs) const {
        std::vector<Stretch> all;
        const Regime* before = nullptr;
        for (const Regime& regime : m_regimes) {
            Stretch stretch{covered_by(regime, all_runs), std::nullopt};
            Lags lags;
            if (regime.found) add_lags_of(regime, lags);
            // A schedule that has just moved is as exact as it was.
            const bool has_few = regime.found && lags.early.size() < least_runs;
            if (has_few && before != nullptr && before->found) add_lags_of(*before, lags);
            if (!lags.early.empty())
                stretch.rhythm = rhythm_of(*regime.found, lags, m_around.local);
            all.push_back(std::move(stretch));
            before = &regime;
        }
        return all;
    }

  private:
    double nats() const { return nats_of(m_on_clocks, m_regimes); }

    std::span<const Run> covered_by(const Regime& regime, std::span<const Run> all) const {
        const auto& places = m_telling.places;
        const std::size_t end = regime.end < places.size() ? places[regime.end] : all.size();
        return all.subspan(places[regime.begin], end - places[regime.begin]);
    }

    void add_lags_of(const Regime& regime, Lags& lags) const {
        const std::size_t count = regime.end - regime.begin;
        const auto& candidate = regime.found->best.candidate;
        const Times times = m_on_clocks.of(candidate.schedule.clock()).part(regime.begin, count);
        add_lags(lags, candidate, times, std::span(m_telling.runs).subspan(regime.begin, count));
        if (regime.begin > 0 || m_around.long_runs.empty() || !goes_by_a_clock(candidate)) return;
        add_past_lags(lags.reported, candidate.schedule, {m_telling.past, m_around.local},
                      m_around.long_runs, m_instants.front());
    }

    const Telling m_telling;
    const Surroundings m_around;
    const std::vector<std::int64_t> m_instants;
    const OnClocks m_on_clocks;
    const std::vector<Regime> m_regimes;
};

// From each slot to the next.
std::vector<time::Duration> distances_from(const Schedule& schedule, time::Instant from) {
    constexpr std::size_t slots = 63;
    std::vector<time::Duration> distances;
    auto slot = schedule.slot_after(from);
    for (std::size_t i = 0; i < slots; ++i) {
        const auto next = schedule.slot_after(slot);
        distances.push_back(next - slot);
        slot = next;
    }
    return distances;
}

}  // namespace

time::Instant Rhythm::slot_after(time::Instant slot) const {
    const auto next = schedule->slot_after(slot);
    if (!other_clock) return next;
    const auto other = other_clock->slot_after(slot);
    // The clocks differ by an hour or two where one was changed; farther apart they are different
    // slots.
    return other > next && other - next <= std::chrono::hours(2) ? other : next;
}

time::Instant Rhythm::slot_after_run(time::Instant run) const {
    return slot_after(run + early);
}

time::Instant Rhythm::telling_slot_after_run(time::Instant run) const {
    auto slot = slot_after_run(run);
    for (int i = 1; i < patience; ++i) slot = slot_after(slot);
    return slot;
}

time::Duration Rhythm::late_at(time::Instant slot) const {
    const auto* slower = slow.at(slot);
    return slower == nullptr ? late : slower->late;
}

time::Instant Rhythm::due_by(time::Instant slot) const {
    time::Instant by = slot + late_at(slot);
    if (slow.empty()) return by;
    for (auto next = slot_after(slot); next + late < by; next = slot_after(next))
        by = std::min(by, next + late_at(next));
    return by;
}

time::Duration Rhythm::typical_interval(time::Instant from) const {
    return query::median(distances_from(*schedule, from));
}

std::vector<Stretch> learn_stretches(std::span<const Run> runs, const query::Past& past,
                                     const time::Zone& local,
                                     std::span<const time::TimeSpan> down) {
    if (runs.size() < least_runs) return {{runs, std::nullopt}};
    const auto usual = down.empty() ? time::Duration{0} : median_duration(runs);
    const auto hidden = hidden_by(down, instants_of(runs), usual),
               hidden_past = hidden_by(down, past.minutes, usual);
    Telling all{{runs.begin(), runs.end()}, {}, {past.minutes.begin(), past.minutes.end()}};
    all.places.resize(runs.size());
    std::iota(all.places.begin(), all.places.end(), std::size_t{0});
    auto learned = std::make_unique<Learned>(
        std::move(all), Surroundings{local, hidden, hidden_past, past.long_runs});
    for (const Grouping grouping : {Grouping::fan_outs, Grouping::sessions})
        if (auto by_groups = learned->by_groups(grouping)) learned = std::move(by_groups);
    return learned->stretches(runs);
}

Rhythm configured_rhythm(const ConfiguredSchedule& configured, std::span<const Run> runs) {
    Rhythm rhythm;
    rhythm.schedule = configured.schedule;
    const auto last = time::instant_from_micros(runs.back().created_at);
    const auto typical = rhythm.typical_interval(last);
    // Of two times that lie near each other a run at the first must not stand for the second.
    const auto distances = distances_from(*configured.schedule, last);
    if (configured.schedule->has_fixed_slots())
        rhythm.early = *std::min_element(distances.begin(), distances.end()) / 20;
    const time::Duration usual =
        std::min<time::Duration>(typical / 10, std::chrono::hours(1)) + usual_duration(runs);
    rhythm.late = configured.grace.value_or(usual);
    return rhythm;
}

}  // namespace jobtally::rhythm
