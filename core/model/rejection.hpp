// What was sent and can't be accepted.
#pragma once

#include <cstdint>
#include <string>

namespace jobtally::model {

struct Rejection {
    std::string reason;      // begins with the place where there is one: `items[2].created_at: ...`
    std::string body;        // what was sent, from its first byte, possibly cut; any bytes
    std::uint64_t line = 1;  // where it begins in the input, counted from 1
    bool is_json = true;     // false: a syntax error; true: JSON, but no acceptable report
};

}  // namespace jobtally::model
