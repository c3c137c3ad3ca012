// Log-spaced buckets, and their drawing as a character each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace jobtally::query {

class HistogramBounds {
  public:
    // For values of least to greatest, both 0 or more.
    HistogramBounds(std::int64_t least, std::int64_t greatest, std::size_t buckets = 8);

    // How many values fall into each of the buckets.
    std::vector<std::int64_t> count(std::span<const std::int64_t> values) const;
    // Where each bucket begins; the first at `least`.
    std::vector<std::int64_t> starts() const;

  private:
    std::int64_t m_least;
    std::vector<std::int64_t> m_bounds;  // bucket i + 1 begins here
};

// Heights are relative to the fullest bucket; an empty one is a blank, any other at least the
// lowest mark.
std::string drawn(std::span<const std::int64_t> buckets, bool ascii);
// The same of heights as they are: 0 a blank, 1 the lowest mark, 8 the full one.
std::string drawn_heights(std::span<const std::int64_t> heights, bool ascii);

}  // namespace jobtally::query
