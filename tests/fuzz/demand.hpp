// What a fuzz target holds to be true: where it is not the process ends, as fuzzers expect it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace jobtally::fuzz {

inline void demand(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "demand failed: %s\n", what);
    std::abort();
}

inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

// Takes one byte off the front: what chooses between ways to treat the rest. 0 where there is none.
inline std::uint8_t take_choice(std::string_view& input) {
    if (input.empty()) return 0;
    const auto choice = static_cast<std::uint8_t>(input.front());
    input.remove_prefix(1);
    return choice;
}

}  // namespace jobtally::fuzz
