// How the messages of core/time show a text that came from outside.
#pragma once

#include <string>
#include <string_view>

namespace jobtally::time {

// The text in double quotes, made visible and cut to 40 columns.
std::string quoted(std::string_view text);

}  // namespace jobtally::time
