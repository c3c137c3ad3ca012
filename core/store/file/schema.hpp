// The schema's steps, embedded from sql/NNN_*.sql. Only ever append one.
#pragma once

#include <string_view>
#include <vector>

namespace jobtally::store {

// Step i brings a store from user_version i to i + 1.
const std::vector<std::string_view>& schema_steps();

}  // namespace jobtally::store
