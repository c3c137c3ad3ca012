// Counts values between bounds and picks a mark a bucket.
#include "core/query/small_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace jobtally::query {

HistogramBounds::HistogramBounds(std::int64_t least, std::int64_t greatest, std::size_t buckets)
    : m_least(least), m_bounds(buckets - 1) {
    const double from = std::log1p(static_cast<double>(least));
    const double to = std::log1p(static_cast<double>(greatest));
    for (std::size_t i = 0; i < m_bounds.size(); ++i) {
        const double at =
            from + (to - from) * static_cast<double>(i + 1) / static_cast<double>(buckets);
        m_bounds[i] = static_cast<std::int64_t>(std::ceil(std::expm1(at)));
    }
}

std::vector<std::int64_t> HistogramBounds::count(std::span<const std::int64_t> values) const {
    std::vector<std::int64_t> buckets(m_bounds.size() + 1);
    for (const std::int64_t value : values) {
        std::size_t bucket = 0;
        for (const std::int64_t bound : m_bounds) bucket += value >= bound ? 1 : 0;
        ++buckets[bucket];
    }
    return buckets;
}

std::vector<std::int64_t> HistogramBounds::starts() const {
    std::vector<std::int64_t> starts{m_least};
    starts.insert(starts.end(), m_bounds.begin(), m_bounds.end());
    return starts;
}

std::string drawn(std::span<const std::int64_t> buckets, bool ascii) {
    const std::int64_t most =
        std::max<std::int64_t>(1, *std::max_element(buckets.begin(), buckets.end()));
    std::vector<std::int64_t> heights;
    for (const std::int64_t bucket : buckets) {
        const double share = static_cast<double>(bucket) / static_cast<double>(most);
        heights.push_back(bucket == 0 ? 0 : 1 + std::lround(share * 7));
    }
    return drawn_heights(heights, ascii);
}

std::string drawn_heights(std::span<const std::int64_t> heights, bool ascii) {
    constexpr const char* blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr const char* letters[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    std::string text;
    for (const std::int64_t height : heights) {
        text += (ascii ? letters : blocks)[static_cast<std::size_t>(height)];
    }
    return text;
}

}  // namespace jobtally::query
