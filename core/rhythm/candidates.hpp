// The rhythms that a row of runs may have, to be weighed against each other.
#pragma once

#include "core/rhythm/evidence.hpp"
#include "core/time/zone.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::rhythm {

// On the wall clock of `clock`. `runs` are instants in microseconds, ascending, at least 3.
std::vector<Candidate> clock_candidates(std::span<const std::int64_t> runs,
                                        const time::Zone& clock);
// Without regard to a clock.
std::vector<Candidate> even_candidates(std::span<const std::int64_t> runs);

}  // namespace jobtally::rhythm
