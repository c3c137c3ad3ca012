// Counts lines, columns and indentation over pieces of input.
#include "core/wire/line_mark.hpp"

#include <algorithm>

namespace jobtally::wire {

void LineMark::advance(std::string_view bytes) {
    const auto lines = std::count(bytes.begin(), bytes.end(), '\n');
    if (lines > 0) {
        line += static_cast<std::uint64_t>(lines);
        bytes.remove_prefix(bytes.rfind('\n') + 1);
        column = 0;
        indent = 0;
        only_blanks = true;
    }
    column += bytes.size();
    if (!only_blanks) return;
    const auto text = bytes.find_first_not_of(" \t");
    only_blanks = text == std::string_view::npos;
    indent += only_blanks ? bytes.size() : text;
}

}  // namespace jobtally::wire
