// The schedules that a row of runs may follow, to be weighed against each other (evidence.hpp).
#pragma once

#include "core/rhythm/evidence.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jobtally::rhythm {

// Candidates with slots on the wall clock of the runs. At least 3 runs.
std::vector<Candidate> clock_candidates(const Times& runs);
// Candidates that do not depend on a clock. At least 3 runs.
std::vector<Candidate> even_candidates(const Times& runs);
// Adds the candidates of days of the month. At least 3 runs.
void propose_months(const Times& runs, std::vector<Candidate>& found);

// Adds one of weeks that have the times of `daily`, and on some weekdays but a part of them, where
// the runs tell that. `daily` has ClockSlots of a day.
void propose_lighter_days(const Times& runs, const Candidate& daily, std::vector<Candidate>& found);

// Nats, to say which part of a day an interval is, or how many days apart the runs are.
inline constexpr double cost_of_interval = 3;

// The median distance from a run to the next, in microseconds, at least 1. At least 2 runs.
std::int64_t median_gap(std::span<const std::int64_t> runs);

// The middle of values on a circle of `period`: their median, where the circle is cut open at the
// widest gap between them. `sorted` is not empty and lies within [0, period).
std::int64_t circular_middle(const std::vector<std::int64_t>& sorted, std::int64_t period);
// A quarter of them comes before it.
std::int64_t circular_quarter(const std::vector<std::int64_t>& sorted, std::int64_t period);

// Cuts at the widest gaps into `count` clusters and gives the median of each, ascending. Clusters
// much smaller than the others are left out as stray. A `period` of 0 stands for a line.
std::vector<std::int64_t> middles_of_clusters(const std::vector<std::int64_t>& sorted,
                                              std::int64_t period, std::size_t count);

}  // namespace jobtally::rhythm
