// The values are sorted, so a walk outwards from their middle meets the deviations in order.
#include "core/judge/robust_distance.hpp"

#include "core/query/percentile.hpp"

#include <algorithm>
#include <cmath>

namespace jobtally::judge {

namespace {

double log_of(std::int64_t value) {
    return std::log(static_cast<double>(std::max<std::int64_t>(value, 1)));
}

// The nearest-rank median of |ln x - middle|.
double median_deviation(std::span<const std::int64_t> sorted, double middle) {
    const std::size_t rank = (sorted.size() - 1) / 2;
    std::size_t below = rank;  // the place above the next one on the way down
    std::size_t above = rank;  // the place of the next one on the way up
    double deviation = 0;
    for (std::size_t taken = 0; taken <= rank; ++taken) {
        const double down = below > 0 ? middle - log_of(sorted[below - 1]) : HUGE_VAL;
        const double up = above < sorted.size() ? log_of(sorted[above]) - middle : HUGE_VAL;
        deviation = std::min(down, up);
        if (down < up) {
            --below;
        } else {
            ++above;
        }
    }
    return deviation;
}

double mean_deviation(std::span<const std::int64_t> sorted, double middle) {
    double sum = 0;
    for (const std::int64_t value : sorted) sum += std::abs(log_of(value) - middle);
    return sum / static_cast<double>(sorted.size());
}

}  // namespace

std::optional<double> robust_distance(std::span<const std::int64_t> sorted, std::int64_t value) {
    const double middle = log_of(query::median_of_sorted(sorted));
    const double off = log_of(value) - middle;
    if (off == 0) return 0.0;
    if (const double mad = median_deviation(sorted, middle); mad > 0) return 0.6745 * off / mad;
    const double mean = mean_deviation(sorted, middle);
    if (mean > 0) return off / (1.253314 * mean);
    return std::nullopt;
}

double far_off(std::size_t count) {
    return 3.5 * (1 + 4 / static_cast<double>(count));
}

}  // namespace jobtally::judge
