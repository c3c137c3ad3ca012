// The reasons of syntax errors, the same however the input was cut.
#pragma once

#include "core/wire/window.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace jobtally::wire {

// `unexpected character "x"`, or `"\xff"` where the byte can't be shown.
std::string unexpected(char byte);

// `not JSON: PROBLEM at line 3, column 5`.
std::string syntax_reason(std::string_view problem, const LineMark& mark);

// The offset of the byte to blame for an error that the parser found at `error` in the value that
// `text` begins with. The parser's own offset depends on how the input was cut: it takes a word or
// an escape as a whole only where it lies in one piece. So this is always the first byte of a word
// that is neither `true`, `false` nor `null`, and the backslash of an escape that stands for no
// character; for the latter it sets `problem`.
std::size_t blame(std::string_view text, std::size_t error, std::string& problem);

}  // namespace jobtally::wire
