// The schedules that a row of runs may follow, to be weighed against each other (evidence.hpp).
#pragma once

#include "core/rhythm/evidence.hpp"
#include "core/time/zone.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::rhythm {

// Candidates with slots on the wall clock of `clock`. `runs` are instants in microseconds,
// ascending, at least 3.
std::vector<Candidate> clock_candidates(std::span<const std::int64_t> runs,
                                        const time::Zone& clock);
// Candidates that do not depend on a clock.
std::vector<Candidate> even_candidates(std::span<const std::int64_t> runs);

}  // namespace jobtally::rhythm
