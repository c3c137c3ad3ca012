// Which definitions a name in a configuration means.
#pragma once

#include "core/query/scope.hpp"

#include <string>
#include <vector>

namespace jobtally::query {

// Whether a definition has that name as its id or its label.
bool is_borne(const std::string& name, const store::Catalogue& catalogue);

// The definitions that had a name once which none has any more; for that the names of all reports
// are read. They live as long as `everything`.
std::vector<const store::Definition*> renamed_from(const std::string& name,
                                                   const Scope& everything);

}  // namespace jobtally::query
