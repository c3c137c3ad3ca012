#include "core/time/quoted.hpp"

#include "core/base/text.hpp"

namespace jobtally::time {

std::string quoted(std::string_view text) {
    constexpr std::size_t columns = 40;
    // Cut before the work as well: the text may be a megabyte.
    return '"' + shorten(visible(text.substr(0, 4 * columns)), columns) + '"';
}

}  // namespace jobtally::time
