#include "core/answers/rank_test.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace jobtally::answers {

namespace {

struct Ranks {
    std::vector<double> of;  // the value at this place; equal values share their mean rank
    double ties = 0;         // sum of t^3 - t over groups of t equal values
};

Ranks ranks_of(std::span<const std::int64_t> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    Ranks ranks{std::vector<double>(values.size()), 0};
    for (std::size_t first = 0; first < order.size();) {
        std::size_t end = first + 1;
        while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
        const double size = static_cast<double>(end - first);
        const double mean = static_cast<double>(first + end + 1) / 2;
        for (std::size_t i = first; i < end; ++i) ranks.of[order[i]] = mean;
        ranks.ties += size * size * size - size;
        first = end;
    }
    return ranks;
}

}  // namespace

double mann_whitney_z(std::span<const std::int64_t> values, std::size_t split) {
    if (split == 0 || split >= values.size()) return 0;
    const Ranks ranks = ranks_of(values);
    const auto from = ranks.of.begin() + static_cast<std::ptrdiff_t>(split);
    const double before = static_cast<double>(split);
    const double after = static_cast<double>(values.size() - split);
    const double u = std::accumulate(from, ranks.of.end(), 0.0) - after * (after + 1) / 2;
    const double all = before + after;
    const double variance = before * after / 12 * ((all + 1) - ranks.ties / (all * (all - 1)));
    return variance > 0 ? (u - before * after / 2) / std::sqrt(variance) : 0;
}

}  // namespace jobtally::answers
