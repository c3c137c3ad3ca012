// The exact value of a JSON number that is meant as a count.
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace jobtally::wire {

// `number` is a valid JSON number. 3, 3.0 and 0.3e1 are the count 3, 1.5 is none; so is what is
// negative or above 2^63-1. Exact, however many digits or however large an exponent there is. The
// problem's reason has no place in it: the caller knows the field.
Result<std::int64_t> count_of(std::string_view number);

// True for a JSON number without fraction and exponent.
bool is_integer(std::string_view number) noexcept;

}  // namespace jobtally::wire
