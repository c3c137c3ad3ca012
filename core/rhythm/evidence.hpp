// How well a candidate schedule explains the runs that there were.
#pragma once

#include "core/rhythm/learned_schedule.hpp"
#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::rhythm {

// The instants of runs, ascending, and what a clock showed at each; in microseconds.
struct Times {
    std::span<const std::int64_t> instants, walls;
    const time::Zone* clock;
    std::span<const time::TimeSpan> hidden{};  // as in downtime.hpp

    std::size_t size() const { return instants.size(); }
    Times part(std::size_t first, std::size_t count) const {
        return {instants.subspan(first, count), walls.subspan(first, count), clock, hidden};
    }
};

// A candidate describes the runs: by its slots, by which of them had a run, and by how far from
// the slot each run was. The principle is that of the minimum description length: the shorter the
// description is, together with that of the candidate itself, compared with a description of the
// same runs as random, the surer it is that they follow the schedule. Lengths are in nats, which
// are natural logarithms of likelihoods.
// J. Rissanen, "Modeling by Shortest Data Description", Automatica 14 (1978), 465-471.
struct Candidate {
    LearnedSchedule schedule;
    double freedom = 1;     // how many of its slots were placed where the runs are
    double shape_cost = 0;  // nats that it takes to name the kind of the candidate
};

// Of a schedule's slots so many have a run, and so many runs have a slot.
inline constexpr double least_coverage = 0.7, least_exact_coverage = 0.5, least_share = 0.75;

struct Evidence {
    std::int64_t slots = 1;      // a period
    double nats = 0;             // log likelihood of the runs, minus the cost of the candidate
    std::int64_t hits = 0;       // slots with a run
    std::int64_t misses = 0;     // slots without one; a pause counts as a few
    std::int64_t extras = 0;     // runs away from the slots, or the second of a slot
    double sigma = 0;            // seconds; the spread of hits around their slots
    double spacing = 0;          // seconds from slot to slot, averaged over all hours and days
    double distance = 0;         // seconds between neighbouring slots where they are close together
    bool has_idle_time = false;  // a time of day at which there never was a run

    // Most slots had a run (half of them are enough if the runs are exact, which random runs are
    // not, and no other slot has the other half), and some at each time of the day; most runs had
    // a slot, and the runs of one slot keep apart from those of the next.
    bool is_plausible() const {
        if (has_idle_time) return false;
        const bool is_exact = sigma <= 0.02 * distance && slots == 1;
        const double least = is_exact ? least_exact_coverage : least_coverage;
        return ratio(hits, hits + misses) >= least && ratio(hits, hits + extras) >= least_share &&
               sigma <= 0.30 * distance;
    }

    // Whatever sigma is, the coverage that is_plausible() asks for can be reached with so many.
    static bool may_be_plausible(std::int64_t most_hits, std::int64_t misses, std::int64_t extras) {
        return ratio(most_hits, most_hits + misses) >= least_exact_coverage &&
               ratio(most_hits, most_hits + extras) >= least_share;
    }
    bool may_be_plausible() const { return may_be_plausible(hits, misses, extras); }

    double misses_share() const { return ratio(misses, hits + misses); }

  private:
    static double ratio(std::int64_t part, std::int64_t whole) {
        return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
    }
};

// A run and the slot that is nearest to it.
struct PlacedRun {
    std::int64_t slot = 0;
    std::int64_t residual = 0;  // microseconds after the slot
    bool is_hit = false;        // false: it is an extra
    std::int64_t misses = 0;    // slots without a run since the hit before it; of a pause a few
};

// The runs in their order, each with its slot. Of several runs at one slot the nearest is the hit;
// runs at a slot whose weekday the schedule leaves out are extras.
std::vector<PlacedRun> placed(const LearnedSchedule& schedule, const Times& runs);
// The pauses of a job that pauses after every few runs, or again and again for longer than it runs,
// so that it is none that runs that often; else none.
struct Pauses {
    std::int64_t count = 0;
    std::int64_t misses = 0;  // what they count as
};
Pauses pauses_all_the_time(const std::vector<PlacedRun>& runs);
// How sigma is guessed: by the median deviation, or by that or the mean square, whichever makes the
// runs likelier. The median of a few is too rough a guess to see a rhythm by.
enum class Spread : std::uint8_t { by_median, likelier };

// At least 2 runs. Where the candidate is not plausible the nats are 0, and the rest may be unset.
Evidence weigh(const Candidate& candidate, const Times& runs, Spread spread = Spread::by_median);
// The nats that it takes to name the candidate, as exactly as `evidence` says that it is.
double cost_of(const Candidate& candidate, const Evidence& evidence);

// The log likelihood of a run, and of the slots without a run since the hit before it.
struct RunNats {
    double run = 0, misses = 0;
    double sum() const { return run + misses; }
};
// Of each run, taking the spread and the shares from `evidence`, which may be of other runs.
std::vector<RunNats> nats_of_runs(const Candidate& candidate, const Evidence& evidence,
                                  const Times& runs);

// The nats of the same runs as random ones, by the best of three models: exponential gaps, widely
// log-normal gaps, and, since people start jobs in office hours, a Poisson process with a rate for
// each hour of the day and each weekday on the clock.
double nats_of_chance(const Times& runs);

// Of each of the gaps between random runs, by the better of the first two; the sigma of the
// logarithms is at least `least_lognormal`. At least one gap.
double nats_a_gap(std::span<const std::int64_t> gaps, double least_lognormal);

}  // namespace jobtally::rhythm
