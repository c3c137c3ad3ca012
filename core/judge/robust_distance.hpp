// How far a value lies from the middle of others, measured by medians, so that a few odd values
// among them change nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace jobtally::judge {

// The modified z-score of `value` among `sorted`, taken of logarithms, because durations and
// volumes are skewed and people think of them in ratios: 0.6745 (ln x - ln m) / MAD, with m the
// median and MAD the median of |ln x_i - ln m|. Where more than half of the values are equal, so
// that the MAD is 0, it is (ln x - ln m) / (1.253314 MeanAD). None where all are equal and the
// value is not. Values below 1 are taken as 1.
// B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers", ASQC Basic References in
// Quality Control 16 (1993).
std::optional<double> robust_distance(std::span<const std::int64_t> sorted, std::int64_t value);

// The distance from which on a value is far off among `count` others: the 3.5 of Iglewicz and
// Hoaglin, and more where the median and the MAD are unsure because the values are few. 3.5 (1 + 4
// / n) keeps false alarms at about 1 % of runs with ten before them, 0.1 % with a hundred, for
// logarithms that are normally distributed.
double far_off(std::size_t count);

}  // namespace jobtally::judge
