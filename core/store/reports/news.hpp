// What tells a reader that something has come into the store.
#pragma once

#include "core/store/file/store.hpp"
#include "core/store/segments/facts.hpp"

#include <cstdint>

namespace jobtally::store {

// The sequence of the report that arrived last; 0 where there is none.
Sequence last_sequence(const Store& store);

// A number that is another one once another connection has written. Cheap, and holds nothing.
std::int64_t data_version(const Store& store);

// False for a store that is read as a file that nobody changes, because its folder can't be written
// and no writer was there: what comes later can't be seen.
bool sees_changes(const Store& store);

}  // namespace jobtally::store
