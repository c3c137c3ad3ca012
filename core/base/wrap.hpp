// Texts in lines, as wide as their reader's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobtally {

// `text`, which is visible, broken at blanks into lines of at most `width` columns; those after the
// first stand behind `indent` blanks, which do not count. A longer word has a line of its own,
// and so has a command in `backquotes`. 0 breaks nothing.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

}  // namespace jobtally
