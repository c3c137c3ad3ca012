// Medians between the widest gaps.
#include "core/rhythm/candidates.hpp"

#include <algorithm>
#include <numeric>

namespace jobtally::rhythm {

namespace {

constexpr double stray = 0.4;  // smaller clusters than this share of the usual size are left out

// The place behind the widest gap of the circle.
std::size_t first_of(const std::vector<std::int64_t>& sorted, std::int64_t period) {
    std::size_t first = 0;
    std::int64_t widest = sorted.front() + period - sorted.back();
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        if (sorted[i] - sorted[i - 1] <= widest) continue;
        widest = sorted[i] - sorted[i - 1];
        first = i;
    }
    return first;
}

}  // namespace

std::int64_t circular_middle(const std::vector<std::int64_t>& sorted, std::int64_t period) {
    return sorted[(first_of(sorted, period) + sorted.size() / 2) % sorted.size()];
}

std::int64_t circular_quarter(const std::vector<std::int64_t>& sorted, std::int64_t period) {
    return sorted[(first_of(sorted, period) + (sorted.size() - 1) / 4) % sorted.size()];
}

std::vector<std::int64_t> middles_of_clusters(const std::vector<std::int64_t>& sorted,
                                              std::int64_t period, std::size_t count) {
    const std::size_t size = sorted.size();
    const auto gap_before = [&](std::size_t i) {
        if (i > 0) return sorted[i] - sorted[i - 1];
        return period == 0 ? INT64_MAX : sorted.front() + period - sorted.back();
    };
    std::vector<std::size_t> cuts(size);
    std::iota(cuts.begin(), cuts.end(), std::size_t{0});
    count = std::min(count, size);
    std::partial_sort(cuts.begin(), cuts.begin() + static_cast<std::ptrdiff_t>(count), cuts.end(),
                      [&](std::size_t a, std::size_t b) {
                          return std::pair(-gap_before(a), a) < std::pair(-gap_before(b), b);
                      });
    cuts.resize(count);
    std::sort(cuts.begin(), cuts.end());
    std::vector<std::int64_t> middles;
    const double usual = static_cast<double>(size) / static_cast<double>(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t first = cuts[i];
        const std::size_t end = i + 1 < count ? cuts[i + 1] : cuts.front() + size;
        if (static_cast<double>(end - first) < stray * usual) continue;
        const std::size_t middle = first + (end - first) / 2;
        middles.push_back(sorted[middle % size]);
    }
    std::sort(middles.begin(), middles.end());
    return middles;
}

}  // namespace jobtally::rhythm
