// Whether a series has moved to another level, judged by ranks, so that no single value decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace jobtally::judge {

// The Mann-Whitney U of the values from `split` on against those before it, standardised: above 0
// where they are greater. Normal approximation, variance corrected for ties; 0 where all values are
// equal.
// H. B. Mann and D. R. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically
// Larger than the Other", Annals of Mathematical Statistics 18 (1947), 50-60.
double mann_whitney_z(std::span<const std::int64_t> values, std::size_t split);

struct Rise {
    std::size_t split;  // the first value of the higher level
    double z;
};

// The split with the greatest z, at least `before` values in front of it and `after` from it on;
// none where there are too few. The earliest of equal ones.
// After A. N. Pettitt, "A Non-parametric Approach to the Change-point Problem", Applied Statistics
// 28 (1979), 126-135, who takes the greatest U.
std::optional<Rise> greatest_rise(std::span<const std::int64_t> values, std::size_t before,
                                  std::size_t after);

}  // namespace jobtally::judge
