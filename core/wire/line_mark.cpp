// Counts lines, columns and indentation over pieces of input.
#include "core/wire/line_mark.hpp"

#include <algorithm>

namespace jobtally::wire {

namespace {

// std::count is not vectorised over bytes by gcc 12: a counter of one byte for a short block is.
std::uint64_t count_line_breaks(std::string_view bytes) {
    constexpr std::size_t block = 128;
    std::uint64_t total = 0;
    for (; bytes.size() >= block; bytes.remove_prefix(block)) {
        std::uint8_t in_block = 0;
        for (std::size_t i = 0; i < block; ++i) in_block += bytes[i] == '\n';
        total += in_block;
    }
    return total + static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

}  // namespace

void LineMark::advance(std::string_view bytes) {
    const std::uint64_t breaks = count_line_breaks(bytes);
    if (breaks > 0) {
        line += breaks;
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
