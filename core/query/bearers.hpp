// Which definitions a name in a configuration means.
#pragma once

#include "core/query/scope.hpp"

#include <string>
#include <vector>

namespace jobtally::query {

// The name itself, where a definition has it as its id or its label. Else the ids of those that had
// it once and were renamed, ascending; for that the names of all reports are read. Empty where no
// definition ever had it.
std::vector<std::string> bearers_of(const std::string& name, const Scope& everything);

}  // namespace jobtally::query
