// Log-spaced buckets, and small pictures of a character a bucket.
#pragma once

#include "core/table/result_table.hpp"

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
    const std::vector<std::int64_t>& starts() const { return m_starts; }

  private:
    std::vector<std::int64_t> m_starts;
};

// The height of each bucket's mark, relative to the fullest: 0 where it is empty, else 1 to 8.
std::vector<std::int64_t> heights_of(std::span<const std::int64_t> buckets);
// A character each: 0 is a blank, 8 the full mark. Not for Sparkline::none.
std::string drawn_heights(std::span<const std::int64_t> heights, table::Sparkline marks);

}  // namespace jobtally::query
