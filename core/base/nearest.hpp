// The word that was probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jobtally {

// The candidate with the least Levenshtein distance to `word`, if that is at most a third of its
// length (and at least 1); else empty.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace jobtally
