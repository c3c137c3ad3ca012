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
constexpr std::size_t newest_runs = 100;   // that schedules are proposed from
constexpr std::size_t weighed_by_all = 4;  // of the proposals

bool is_rhythm(const Evidence& evidence, double gain, std::size_t runs) {
    const double least = std::max(least_gain, least_gain_a_run * static_cast<double>(runs));
    return evidence.is_plausible() && gain >= least;
}

Times newest(const Times& runs) {
    const std::size_t count = std::min(runs.size(), newest_runs);
    return runs.part(runs.size() - count, count);
}

// The newest runs say which candidates are worth weighing by all.
std::optional<Weighed> best_of(std::vector<Candidate> candidates, const Times& runs,
                               double chance) {
    const Times some = newest(runs);
    std::vector<std::pair<double, std::size_t>> order;
    std::vector<Evidence> by_some;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        by_some.push_back(weigh(candidates[i], some));
        if (by_some.back().is_plausible()) order.emplace_back(-by_some.back().nats, i);
    }
    std::sort(order.begin(), order.end());
    if (some.size() < runs.size() && order.size() > weighed_by_all) order.resize(weighed_by_all);
    std::optional<Weighed> best;
    for (const auto& [nats, i] : order) {
        const bool is_known = some.size() == runs.size();
        const Evidence evidence = is_known ? by_some[i] : weigh(candidates[i], runs);
        const double gain = evidence.nats - chance;
        if (!is_rhythm(evidence, gain, runs.size())) continue;
        if (!best || gain > best->gain) best = Weighed{candidates[i], evidence, gain};
    }
    return best;
}

}  // namespace

OnClocks::OnClocks(std::span<const std::int64_t> instants, const time::Zone& local)
    : m_instants(instants), m_local(local) {
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
    auto on_utc = best_of(clock_candidates(newest(utc)), utc, chance);
    auto on_local =
        runs.is_one() ? std::nullopt : best_of(clock_candidates(newest(local)), local, chance);
    auto even = best_of(even_candidates(newest(utc)), utc, chance);
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

bool goes_by_a_clock(const Candidate& candidate) {
    const auto& slots = candidate.schedule.slots();
    return std::holds_alternative<ClockSlots>(slots) || std::holds_alternative<MonthSlots>(slots);
}

}  // namespace jobtally::rhythm
