// Medians of sorted values; the deviations from the middle are met in their order, not sorted.
#include "core/judge/robust.hpp"

#include <algorithm>
#include <cmath>

namespace jobtally::judge {

namespace {

double log_of(std::int64_t value) {
    return std::log(static_cast<double>(std::max<std::int64_t>(value, 1)));
}

std::size_t middle_of(std::size_t count) {
    return (count + 1) / 2 - 1;
}

// The nearest-rank median of |ln x - ln m|: walks outwards from the middle.
double median_deviation(std::span<const std::int64_t> sorted, double middle) {
    std::size_t below = middle_of(sorted.size());  // one beyond the next one on the way down
    std::size_t above = below;                     // the next one on the way up
    double deviation = 0;
    for (std::size_t taken = 0; taken <= middle_of(sorted.size()); ++taken) {
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

std::int64_t median_of_sorted(std::span<const std::int64_t> sorted) {
    return sorted[middle_of(sorted.size())];
}

std::optional<double> robust_distance(std::span<const std::int64_t> sorted, std::int64_t value) {
    const double middle = log_of(median_of_sorted(sorted));
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
