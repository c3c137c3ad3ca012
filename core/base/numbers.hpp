// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally {

// A count as people read it, everywhere: `999`, `9,999`.
std::string count_text(std::int64_t count);

// A count of something: `1 body`, `2,000 bodies`.
std::string counted(std::int64_t count, std::string_view one, std::string_view many);

// A fraction as people read it, `98.2 %`. Less than all is never 100.0 %, more than none never
// 0.0 %: `>99.9 %`, `<0.1 %`.
std::string per_cent_text(double fraction);

// A number without exponent, rounded to six decimals and without needless ones: `98.2`, `-3`.
std::string decimal_text(double value);

}  // namespace jobtally
