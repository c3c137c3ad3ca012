// How well a candidate rhythm tells the runs that there were: a description length, in nats.
#pragma once

#include "core/rhythm/rhythm.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace jobtally::rhythm {

// A candidate is a way to say when the runs were: which slots had a run, how far from it, and what
// it takes to say the candidate itself (minimum description length, J. Rissanen 1978). The shorter
// it all is beside the same told of runs at random, the surer the rhythm.
struct Candidate {
    Rhythm rhythm;
    double freedom = 1;     // slots that were placed where the runs are
    double shape_cost = 0;  // nats to say which kind of candidate it is
};

struct Evidence {
    double nats = 0;  // log likelihood of the runs less the cost of the candidate
    std::int64_t hits = 0;
    std::int64_t misses = 0;  // a pause counts as a few
    std::int64_t extras = 0;  // runs beside the slots, or the second of a slot
    double sigma = 0;         // seconds; of residuals, by their median absolute deviation
    double spacing = 0;       // seconds from slot to slot, on average of all hours and days
    double distance = 0;      // seconds between neighbours where they are close
    double tail_nats = 0;     // log likelihood a run of the newest runs

    // Most slots had a run (half of them where runs are exact, since chance is not), most runs had
    // a slot, and they keep apart from the next slot.
    bool is_plausible() const {
        const double least_coverage = sigma <= 0.02 * distance ? 0.5 : 0.7;
        return ratio(hits, hits + misses) >= least_coverage && ratio(hits, hits + extras) >= 0.75 &&
               sigma <= 0.30 * distance;
    }

  private:
    static double ratio(std::int64_t part, std::int64_t whole) {
        return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
    }
};

// Runs in their order, each in its slot; `is_hit` is false for extras.
struct PlacedRun {
    std::int64_t slot = 0;
    std::int64_t residual = 0;
    bool is_hit = false;
};

// Of a slot's runs the nearest is the hit; those of slots that are not on are extras.
std::vector<PlacedRun> placed(const Rhythm& rhythm, std::span<const std::int64_t> runs);
// Misses between two slots, both exclusive, `most` at most.
std::int64_t misses_between(const Rhythm& rhythm, std::int64_t from, std::int64_t to,
                            std::int64_t most);

// `runs` are instants in microseconds, ascending, at least 2. The nats of what is not plausible are
// not worked out: they are 0.
Evidence weigh(const Candidate& candidate, std::span<const std::int64_t> runs);
// Of runs at random: the best of an exponential distribution of gaps, a wide log-normal one, and
// (people start jobs in office hours) a Poisson process with a rate for each hour of the week.
double nats_of_chance(std::span<const std::int64_t> runs, const time::Zone& clock);

}  // namespace jobtally::rhythm
