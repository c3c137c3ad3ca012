// The exact value of a JSON number that is meant as a count.
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace jobtally::wire {

// `number` is a valid JSON number. 3, 3.0 and 0.3e1 are the count 3. 1.5 is not a count, nor is any
// number that is negative or above 2^63-1. The result is exact, however many digits there are and
// however large the exponent is. The reason of a problem does not name the field, which the caller
// knows.
Result<std::int64_t> count_of(std::string_view number);

// True for a JSON number without fraction and exponent.
bool is_integer(std::string_view number) noexcept;

}  // namespace jobtally::wire
