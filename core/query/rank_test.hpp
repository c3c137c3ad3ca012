// Whether the values of one set are greater than those of another, whatever their distribution.
#pragma once

#include <cstdint>
#include <vector>

namespace jobtally::query {

// The z of the Mann-Whitney U test, by the normal approximation with the correction for ties and
// for continuity; above 0 where the values of `a` tend to be greater. 0 where either is empty or
// all values are equal. |z| >= 1.96 happens by chance in 5 % of cases, |z| >= 2.576 in 1 %; good
// from about 8 values a side on.
// H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically
// larger than the other", Annals of Mathematical Statistics 18 (1947), 50-60.
double rank_test(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b);

}  // namespace jobtally::query
