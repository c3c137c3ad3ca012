// Eight log-spaced buckets, and their drawing as eight characters.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace jobtally::query {

class HistogramBounds {
  public:
    // For values of least to greatest, both 0 or more.
    HistogramBounds(std::int64_t least, std::int64_t greatest);

    // How many values fall into each of the eight buckets.
    std::vector<std::int64_t> count(std::span<const std::int64_t> values) const;

  private:
    std::array<std::int64_t, 7> m_bounds{};  // bucket i + 1 begins here
};

// Heights are relative to the fullest bucket; an empty one is a blank, any other at least the
// lowest mark.
std::string drawn(std::span<const std::int64_t> buckets, bool ascii);

}  // namespace jobtally::query
