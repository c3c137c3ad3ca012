// Learns a rhythm: weighs the candidates, takes the best, and measures how early and late its runs
// are.
#include "core/rhythm/rhythm.hpp"

#include "core/query/percentile.hpp"
#include "core/rhythm/candidates.hpp"
#include "core/rhythm/evidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace jobtally::rhythm {

namespace {

// A schedule must beat chance by at least this many nats in all (8 nats are odds of e^8 to 1), and
// by at least this many for each run.
constexpr double least_gain = 8;
constexpr double least_gain_a_run = 0.25;
constexpr double cost_of_shortening = 8;  // nats more where only the newest runs are explained
constexpr double clocks_alike = 3;        // nats: two clocks closer than this can't be told apart
constexpr double poor_tail = 2;           // nats a run: the newest runs fit worse than the others
constexpr std::size_t most_lags = 200;    // this many of the newest hits show how late is normal

using query::Run;
using Runs = std::span<const std::int64_t>;

struct Weighed {
    Candidate candidate;
    Evidence evidence;
    double gain = 0;  // over chance
};

bool is_rhythm(const Weighed& weighed, std::size_t runs) {
    const double least = std::max(least_gain, least_gain_a_run * static_cast<double>(runs));
    return weighed.evidence.is_plausible() && weighed.gain >= least;
}

std::optional<Weighed> best_of(std::vector<Candidate> candidates, Runs runs, double chance) {
    std::optional<Weighed> best;
    for (auto& candidate : candidates) {
        const Evidence evidence = weigh(candidate, runs);
        Weighed weighed{std::move(candidate), evidence, evidence.nats - chance};
        if (!is_rhythm(weighed, runs.size())) continue;
        if (!best || weighed.gain > best->gain) best = std::move(weighed);
    }
    return best;
}

struct Found {
    Weighed best;
    std::optional<Weighed> other_clock{};
    std::size_t runs = 0;  // how many of the newest runs it was found in
};

std::optional<Found> find_in(Runs runs, const time::Zone& local, double cost = 0) {
    const double chance = nats_of_chance(runs, local) + cost;
    auto on_utc = best_of(clock_candidates(runs, {}), runs, chance);
    auto on_local =
        local.name() == "UTC" ? std::nullopt : best_of(clock_candidates(runs, local), runs, chance);
    auto even = best_of(even_candidates(runs), runs, chance);
    std::optional<Found> found;
    if (on_utc && on_local) {
        const double ahead = on_local->gain - on_utc->gain;
        const bool is_local = ahead > -clocks_alike;
        found = {is_local ? *on_local : *on_utc};
        if (std::abs(ahead) < clocks_alike) found->other_clock = std::move(on_utc);
    } else if (on_utc || on_local) {
        found = {on_local ? *on_local : *on_utc};
    }
    if (even && (!found || even->gain > found->best.gain)) found = {std::move(*even)};
    if (found) found->runs = runs.size();
    return found;
}

bool goes_by_a_clock(const Found& found) {
    const auto& slots = found.best.candidate.schedule.slots();
    return std::holds_alternative<ClockSlots>(slots) || std::holds_alternative<MonthSlots>(slots);
}

bool fits_to_the_end(const Found& found) {
    const Evidence& evidence = found.best.evidence;
    return evidence.tail_nats > evidence.nats / static_cast<double>(found.runs) - poor_tail;
}

// Where the newest runs fit worse than the others, the schedule was probably changed, and a shorter
// history may tell the new one. To a schedule that goes by the last run alone, a change of the time
// of day looks like a single late run; so a clock that explains the newest runs equally well is
// taken instead.
std::optional<Found> find_lately(Runs runs, const time::Zone& local) {
    auto found = find_in(runs, local);
    if (found && goes_by_a_clock(*found) && fits_to_the_end(*found)) return found;
    constexpr std::array<std::size_t, 4> lengths{100, 40, 20, 12};
    for (const std::size_t length : lengths) {
        if (length >= runs.size()) continue;
        auto lately = find_in(runs.last(length), local, cost_of_shortening);
        if (!lately) continue;
        const bool from_last_run_to_clock =
            found && !goes_by_a_clock(*found) && goes_by_a_clock(*lately);
        const double ahead = from_last_run_to_clock ? 0 : poor_tail;
        const bool is_better =
            !found || lately->best.evidence.tail_nats > found->best.evidence.tail_nats + ahead;
        if (is_better) found = std::move(lately);
        if (goes_by_a_clock(*found) && fits_to_the_end(*found)) break;
    }
    return found;
}

// In whole seconds, because what is learned is no more exact than that.
time::Duration whole_seconds(double micros) {
    const double seconds = std::ceil(micros / static_cast<double>(second_micros));
    return std::chrono::seconds(static_cast<std::int64_t>(std::max(1.0, seconds)));
}

// The greatest of the values that are not outliers, and a little more: the fewer values there are,
// the farther beyond them the next one may be.
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

// How long runs take at most, without outliers; 0 if nothing is known.
time::Duration usual_duration(std::span<const Run> runs) {
    std::vector<double> durations;
    for (const Run& run : runs.last(std::min(runs.size(), most_lags))) {
        if (const auto micros = run.duration()) durations.push_back(static_cast<double>(*micros));
    }
    return durations.empty() ? time::Duration{0} : whole_seconds(reach(std::move(durations)));
}

struct Lags {
    std::vector<double> early, late;  // microseconds before and after the slot
};

Lags lags_of(const Weighed& weighed, std::span<const Run> runs) {
    std::vector<std::int64_t> times;
    for (const Run& run : runs) times.push_back(run.created_at);
    const auto all = placed(weighed.candidate.schedule, times);
    Lags lags;
    for (std::size_t i = all.size(); i-- > 0 && lags.early.size() < most_lags;) {
        if (!all[i].is_hit) continue;
        lags.early.push_back(-static_cast<double>(all[i].residual));
        lags.late.push_back(static_cast<double>(all[i].residual + runs[i].duration().value_or(0)));
    }
    return lags;
}

// How much earlier than the slot people would say that the run is planned. The slot is the middle
// of its runs, but people name a time that nine in ten of them come after.
std::int64_t usual_earliness(std::vector<double> early) {
    const std::size_t nine_tenths = early.size() * 9 / 10;
    const double usual = query::value_at(std::move(early), nine_tenths);
    return std::max<std::int64_t>(0, static_cast<std::int64_t>(usual));
}

Rhythm rhythm_of(const Found& found, std::span<const Run> runs) {
    const Weighed& best = found.best;
    const Lags lags = lags_of(best, runs);
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
    const double room = std::min(0.01 * spacing, 3600.0 * second_micros);
    if (rhythm.schedule->has_fixed_slots()) {
        rhythm.early =
            whole_seconds(std::min(std::max(early + room, 0.05 * spacing), 0.45 * spacing));
    }
    rhythm.late = whole_seconds(reach(lags.late) + room);
    for (const double late : lags.late) rhythm.lags.push_back(static_cast<std::int64_t>(late));
    return rhythm;
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

time::Duration Rhythm::typical_interval(time::Instant from) const {
    constexpr std::size_t slots = 63;
    std::vector<time::Duration> distances;
    auto slot = schedule->slot_after(from);
    for (std::size_t i = 0; i < slots; ++i) {
        const auto next = schedule->slot_after(slot);
        distances.push_back(next - slot);
        slot = next;
    }
    return query::median(std::move(distances));
}

std::optional<Rhythm> learn_rhythm(std::span<const Run> runs, const time::Zone& local) {
    if (runs.size() > runs_looked_at) runs = runs.last(runs_looked_at);
    if (runs.size() < least_runs) return std::nullopt;
    std::vector<std::int64_t> times;
    for (const Run& run : runs) times.push_back(run.created_at);
    const auto found = find_lately(times, local);
    if (!found) return std::nullopt;
    return rhythm_of(*found, runs.last(found->runs));
}

Rhythm configured_rhythm(const ConfiguredSchedule& configured, std::span<const Run> runs) {
    Rhythm rhythm;
    rhythm.schedule = configured.schedule;
    const auto typical = rhythm.typical_interval(time::instant_from_micros(runs.back().created_at));
    if (configured.schedule->has_fixed_slots()) rhythm.early = typical / 20;
    const time::Duration usual =
        std::min<time::Duration>(typical / 10, std::chrono::hours(1)) + usual_duration(runs);
    rhythm.late = configured.grace.value_or(usual);
    return rhythm;
}

}  // namespace jobtally::rhythm
