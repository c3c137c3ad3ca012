// Whether the packed copies are true.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"

#include <vector>

namespace jobtally::store {

// The first sequences of the segments that do not hold exactly the reports of their range, overlap
// another or can't be unpacked. Reads everything once.
std::vector<Sequence> disagreeing_segments(const Store::Connection& connection);

}  // namespace jobtally::store
