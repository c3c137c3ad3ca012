// What somebody meant who mistyped a name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jobtally {

// The one of `names` that is nearest to `word`, without regard to case: at most a third of its
// letters are wrong, missing, too many or in their neighbour's place; else the only one that `word`
// is a part of. Empty: none.
std::string nearest(std::string_view word, const std::vector<std::string>& names);

// `did you mean "rates"?`, or empty; `otherwise` where none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& names,
                         const std::string& otherwise = {});

}  // namespace jobtally
