// Weighs the candidates of both clocks and takes the best.
#include "core/rhythm/search.hpp"

#include "core/rhythm/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace jobtally::rhythm {

namespace {

// A schedule must beat chance by at least this many nats in all (5 nats are odds of e^5 to 1), and
// by at least this many for each run.
constexpr double least_gain = 5;
constexpr double least_gain_a_run = 0.25;
// A short history can't tell so much, so less is asked of it: it costs more not to see that the
// next run is missing than to guess a rhythm wrongly, which the next runs put right.
constexpr std::size_t short_history = 10;  // runs; fewer make one
constexpr double least_gain_of_few = 0.6;  // for each run
constexpr std::size_t newest_runs = 100;   // that schedules are proposed from
constexpr std::size_t weighed_by_all = 4;  // of the proposals

double least_gain_of(std::size_t runs, bool is_short) {
    const double count = static_cast<double>(runs);
    const double few = is_short ? least_gain_of_few * count : least_gain;
    return std::max(std::min(least_gain, few), least_gain_a_run * count);
}

Times newest(const Times& runs) {
    const std::size_t count = std::min(runs.size(), newest_runs);
    return runs.part(runs.size() - count, count);
}

// The newest runs say which candidates are worth weighing by all.
std::optional<Weighed> best_of(std::vector<Candidate> candidates, const Times& runs, double chance,
                               bool is_short) {
    const Times some = newest(runs);
    const auto spread = is_short ? Spread::likelier : Spread::by_median;
    const double least = least_gain_of(runs.size(), is_short);
    std::vector<std::pair<double, std::size_t>> order;
    std::vector<Evidence> by_some;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        by_some.push_back(weigh(candidates[i], some, spread));
        if (by_some.back().is_plausible()) order.emplace_back(-by_some.back().nats, i);
    }
    std::sort(order.begin(), order.end());
    if (some.size() < runs.size() && order.size() > weighed_by_all) order.resize(weighed_by_all);
    std::optional<Weighed> best;
    for (const auto& [nats, i] : order) {
        const bool is_known = some.size() == runs.size();
        const Evidence evidence = is_known ? by_some[i] : weigh(candidates[i], runs, spread);
        const double gain = evidence.nats - chance;
        if (!evidence.is_plausible() || gain < least) continue;
        if (!best || gain > best->gain) best = Weighed{candidates[i], evidence, gain};
    }
    return best;
}

}  // namespace

OnClocks::OnClocks(std::span<const std::int64_t> instants, const time::Zone& local,
                   std::span<const time::TimeSpan> hidden)
    : m_instants(instants), m_hidden(hidden), m_local(local) {
    if (local.name() == "UTC") return;
    m_walls.reserve(instants.size());
    for (const std::int64_t instant : instants) {
        const auto wall = local.to_local(time::instant_from_micros(instant));
        m_walls.push_back(wall.time_since_epoch().count());
    }
}

std::optional<Found> search(const OnClocks& runs, std::size_t first, std::size_t count,
                            double cost) {
    const Times utc = runs.utc().part(first, count);
    const Times local = runs.local().part(first, count);
    const double chance = nats_of_chance(local) + cost;
    const bool is_short = runs.size() < short_history;
    const auto best = [&](std::vector<Candidate> candidates, const Times& of) {
        return best_of(std::move(candidates), of, chance, is_short);
    };
    auto on_utc = best(clock_candidates(newest(utc)), utc);
    auto on_local = runs.is_one() ? std::nullopt : best(clock_candidates(newest(local)), local);
    auto even = best(even_candidates(newest(utc)), utc);
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
    return found;
}

double nats_between(const OnClocks& runs, std::size_t begin, std::size_t end,
                    const Weighed& found) {
    const Times part = runs.of(found.candidate.schedule.clock()).part(begin, end - begin);
    double sum = 0;
    for (const auto& nats : nats_of_runs(found.candidate, found.evidence, part)) sum += nats.sum();
    return sum;
}

void choose_clock(Found& found, const OnClocks& runs, std::size_t begin) {
    if (!found.other_clock) return;
    Weighed other = *found.other_clock;
    other.evidence = found.best.evidence;
    const double now = nats_between(runs, begin, runs.size(), found.best);
    if (nats_between(runs, begin, runs.size(), other) > now + clocks_alike)
        found = {std::move(other)};
}

bool goes_by_a_clock(const Candidate& candidate) {
    const auto& slots = candidate.schedule.slots();
    return std::holds_alternative<ClockSlots>(slots) || std::holds_alternative<MonthSlots>(slots);
}

}  // namespace jobtally::rhythm
