// Means on a circle, and medians of clusters between the widest gaps.
#include "core/rhythm/clusters.hpp"

#include "core/query/percentile.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace jobtally::rhythm {

namespace {

constexpr double stray = 0.4;  // smaller clusters than this share of the usual size are left out

std::int64_t modulo(std::int64_t value, std::int64_t period) {
    const std::int64_t rest = value % period;
    return rest < 0 ? rest + period : rest;
}

}  // namespace

std::int64_t circular_middle(const std::vector<std::int64_t>& sorted, std::int64_t period) {
    double x = 0, y = 0;
    for (const std::int64_t value : sorted) {
        const double angle =
            2 * std::numbers::pi * static_cast<double>(value) / static_cast<double>(period);
        x += std::cos(angle);
        y += std::sin(angle);
    }
    const auto mean = static_cast<std::int64_t>(std::atan2(y, x) / (2 * std::numbers::pi) *
                                                static_cast<double>(period));
    std::vector<std::int64_t> around;
    for (const std::int64_t value : sorted) {
        around.push_back(modulo(value - mean + period / 2, period));
    }
    const std::int64_t middle = query::upper_median(std::move(around));
    return modulo(middle + mean - period / 2, period);
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
