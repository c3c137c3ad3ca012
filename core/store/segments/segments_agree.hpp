// The check that packed copies say what the rows say.
#pragma once

#include "core/store/segments/facts.hpp"

#include <vector>

namespace jobtally::store {

// The first sequences of the segments that do not hold exactly the reports of their range, cross
// another or can't be unpacked. Reads everything once.
std::vector<Sequence> disagreeing_segments(const Store& store);

bool segments_agree(const Store& store);

}  // namespace jobtally::store
