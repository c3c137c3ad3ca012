#include "core/query/rank_test.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace jobtally::query {

double rank_test(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
    std::vector<std::pair<std::int64_t, bool>> all;
    all.reserve(a.size() + b.size());
    for (const auto value : a) all.emplace_back(value, true);
    for (const auto value : b) all.emplace_back(value, false);
    std::sort(all.begin(), all.end());

    double rank_sum = 0;  // of a's values; equal values share the mean of their ranks
    double ties = 0;      // the sum of t^3 - t over groups of t equal values
    for (std::size_t first = 0; first < all.size();) {
        std::size_t end = first;
        std::size_t of_a = 0;
        for (; end < all.size() && all[end].first == all[first].first; ++end) {
            of_a += all[end].second ? 1 : 0;
        }
        const auto count = static_cast<double>(end - first);
        rank_sum += static_cast<double>(of_a) * (static_cast<double>(first + end) + 1) / 2;
        ties += count * count * count - count;
        first = end;
    }

    const auto n = static_cast<double>(a.size());
    const auto m = static_cast<double>(b.size());
    const double u = rank_sum - n * (n + 1) / 2;
    const double mean = n * m / 2;
    const double total = n + m;
    const double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
    if (a.empty() || b.empty() || !(variance > 0)) return 0;
    const double distance = std::max(0.0, std::abs(u - mean) - 0.5);
    return std::copysign(distance / std::sqrt(variance), u - mean);
}

}  // namespace jobtally::query
