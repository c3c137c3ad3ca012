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

// The byte to blame for an error that the parser found at `error`, wherever the input was cut: it
// compares `true`, `false` and `null` as a whole where they lie in one piece, and byte by byte
// where not. Of a bad escape it is the backslash.
std::size_t blamed(std::string_view text, std::size_t begin, std::size_t error, bool bad_escape);

}  // namespace jobtally::wire
