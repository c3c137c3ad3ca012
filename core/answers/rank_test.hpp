// Whether values are greater than others, judged by ranks, so that no single value decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace jobtally::answers {

// The Mann-Whitney U of the values from `split` on against those before it, standardised: above 0
// where they are greater. Normal approximation, variance corrected for ties; 0 where all values are
// equal.
// H. B. Mann and D. R. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically
// Larger than the Other", Annals of Mathematical Statistics 18 (1947), 50-60.
double mann_whitney_z(std::span<const std::int64_t> values, std::size_t split);

}  // namespace jobtally::answers
