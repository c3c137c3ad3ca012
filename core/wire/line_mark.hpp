// Where in the input a position lies: its line, its column and how far its line is indented.
#pragma once

#include <cstdint>
#include <string_view>

namespace jobtally::wire {

struct LineMark {
    std::uint64_t line = 1;    // counted from 1
    std::uint64_t column = 0;  // bytes of the line before the position
    std::uint64_t indent = 0;  // blanks and tabs the line begins with, as far as it was seen
    bool only_blanks = true;   // nothing else was seen of the line yet

    // Moves on over `bytes`, which follow the position.
    void advance(std::string_view bytes);
};

}  // namespace jobtally::wire
