#include "core/query/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace jobtally::query {

HistogramBounds::HistogramBounds(std::int64_t least, std::int64_t greatest, std::size_t buckets)
    : m_starts{least} {
    const double from = std::log1p(static_cast<double>(least));
    const double to = std::log1p(static_cast<double>(greatest));
    for (std::size_t i = 1; i < buckets; ++i) {
        const double at =
            from + (to - from) * static_cast<double>(i) / static_cast<double>(buckets);
        m_starts.push_back(static_cast<std::int64_t>(std::ceil(std::expm1(at))));
    }
}

std::vector<std::int64_t> HistogramBounds::count(std::span<const std::int64_t> values) const {
    std::vector<std::int64_t> buckets(m_starts.size());
    for (const std::int64_t value : values) {
        std::size_t bucket = 0;
        for (std::size_t i = 1; i < m_starts.size(); ++i) bucket += value >= m_starts[i] ? 1 : 0;
        ++buckets[bucket];
    }
    return buckets;
}

std::vector<std::int64_t> heights_of(std::span<const std::int64_t> buckets) {
    const std::int64_t most =
        std::max<std::int64_t>(1, *std::max_element(buckets.begin(), buckets.end()));
    std::vector<std::int64_t> heights;
    for (const std::int64_t bucket : buckets) {
        const double share = static_cast<double>(bucket) / static_cast<double>(most);
        heights.push_back(bucket == 0 ? 0 : 1 + std::lround(share * 7));
    }
    return heights;
}

std::string drawn_heights(std::span<const std::int64_t> heights, table::Sparkline marks) {
    constexpr const char* blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr const char* letters[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    std::string text;
    for (const std::int64_t height : heights) {
        text +=
            (marks == table::Sparkline::ascii ? letters : blocks)[static_cast<std::size_t>(height)];
    }
    return text;
}

}  // namespace jobtally::query
