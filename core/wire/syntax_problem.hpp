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

// The byte to blame for an error that the parser found at `error` in the value that begins at
// `begin`. The parser takes words and escapes as a whole where they lie in one piece, and byte by
// byte where not: here it is always the first byte of a word that is neither `true`, `false` nor
// `null`, and the backslash of an escape that stands for no character; of the latter it sets
// `problem`.
std::size_t blame(std::string_view text, std::size_t begin, std::size_t error,
                  std::string& problem);

}  // namespace jobtally::wire
