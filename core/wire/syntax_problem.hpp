// Words for what is no JSON.
#pragma once

#include "core/wire/line_mark.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace jobtally::wire {

// `unexpected character "x"`, or the byte's number where it can't be shown.
std::string unexpected(char byte);

// `not JSON: PROBLEM at line 3, column 5`.
std::string syntax_reason(std::string_view problem, const LineMark& mark);

// The first byte that is to blame for an error which the parser found at `error`: it compares
// `true`, `false` and `null` as a whole where they lie in one piece, and byte by byte where not.
std::size_t blamed(std::string_view text, std::size_t begin, std::size_t error);

}  // namespace jobtally::wire
