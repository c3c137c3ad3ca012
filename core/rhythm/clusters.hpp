// Times that lie close together, on a circle (times of day) or on a line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jobtally::rhythm {

// The middle of values on a circle of `period`: their median, where the circle is cut open opposite
// to their mean direction. `sorted` lies within [0, period).
std::int64_t circular_middle(const std::vector<std::int64_t>& sorted, std::int64_t period);

// Cuts at the widest gaps into `count` clusters and gives the median of each, ascending. Clusters
// much smaller than the others are left out as stray. A `period` of 0 stands for a line.
std::vector<std::int64_t> middles_of_clusters(const std::vector<std::int64_t>& sorted,
                                              std::int64_t period, std::size_t count);

}  // namespace jobtally::rhythm
