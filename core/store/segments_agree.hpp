// The check that packed copies say what the rows say.
#pragma once

#include "core/store/store.hpp"

namespace jobtally::store {

// True when every segment holds exactly the reports of its range. Reads everything once.
bool segments_agree(const Store& store);

}  // namespace jobtally::store
