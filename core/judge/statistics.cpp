#include "core/judge/statistics.hpp"

#include "core/query/percentile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace jobtally::judge {

namespace {

constexpr double tail_power = 1.25;
constexpr double normal_excess = 0.65;  // of |N(0, 1)|^1.25 beyond its greatest tenth .62, half .77
constexpr double normal_values = 5;     // so many count as that
constexpr double winsorised_at = 3;

std::vector<double> magnitudes(std::span<const double> residuals) {
    std::vector<double> found(residuals.begin(), residuals.end());
    for (double& each : found) each = std::abs(each);
    return found;
}

// std::lgamma() sets a variable that all threads share.
double log_gamma(double value) {
    int sign = 0;
    return ::lgamma_r(value, &sign);
}

}  // namespace

double middle_of(std::span<const double> values) {
    if (values.size() <= 2) return std::min(values.front(), values.back());
    return query::median(std::vector<double>(values.begin(), values.end()));
}

double middle_mean(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const auto quarter = static_cast<std::ptrdiff_t>(sorted.size() / 4);
    const double sum = std::accumulate(sorted.begin() + quarter, sorted.end() - quarter, 0.0);
    return sum / static_cast<double>(std::ssize(sorted) - 2 * quarter);
}

double median_scale(std::span<const double> residuals) {
    return residuals.empty() ? 0 : query::median(magnitudes(residuals)) / 0.6745;
}

double Tail::reach(double probability) const {
    const double beyond = excess * std::log(std::max(1.0, share / probability));
    return scale * std::pow(from + beyond, 1 / tail_power);
}

std::size_t spared_of(std::size_t residuals) {
    return std::max<std::size_t>(1, residuals / 50);
}

Tail tail_of(std::span<const double> residuals, double scale) {
    const std::size_t count = residuals.size();
    const std::size_t within = std::min(count / 2, std::max<std::size_t>(10, count / 10));
    const std::size_t spared = spared_of(count);
    if (within <= spared) return {};
    auto far = magnitudes(residuals);
    const auto begin = far.end() - static_cast<std::ptrdiff_t>(within);
    std::nth_element(far.begin(), begin, far.end());
    std::sort(begin, far.end());
    const auto measured = [&](double size) { return std::pow(size / scale, tail_power); };
    const double from = measured(*std::max_element(far.begin(), begin));
    const double last = measured(*(far.end() - 1 - static_cast<std::ptrdiff_t>(spared)));
    double sum = normal_values * normal_excess;
    for (auto each = begin; each != far.end(); ++each)
        sum += std::min(measured(*each), last) - from;
    return {static_cast<double>(within) / static_cast<double>(count), from,
            sum / (static_cast<double>(within - spared) + normal_values), scale};
}

double one_sided_z(double probability) {
    double low = 0, high = 40;
    while (high - low > 1e-6) {
        const double middle = (low + high) / 2;
        (std::erfc(middle / std::sqrt(2.0)) > 2 * probability ? low : high) = middle;
    }
    return low;
}

double binomial_tail(std::int64_t least, std::int64_t count, double probability) {
    double sum = 0;
    for (std::int64_t k = least; k <= count; ++k) {
        const double n = static_cast<double>(count), some = static_cast<double>(k);
        sum += std::exp(log_gamma(n + 1) - log_gamma(some + 1) - log_gamma(n - some + 1) +
                        some * std::log(probability) + (n - some) * std::log1p(-probability));
    }
    return std::min(sum, 1.0);
}

WinsorisedMeans::WinsorisedMeans(std::span<const double> values) {
    std::vector<double> steps(values.size() - 1);
    for (std::size_t i = 1; i < values.size(); ++i) {
        steps[i - 1] = (values[i] - values[i - 1]) / std::sqrt(2.0);
    }
    const double most = winsorised_at * std::max(least_scale, median_scale(steps));
    const double middle = middle_of(values);
    m_sums.resize(values.size() + 1);
    m_squares.resize(values.size() + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double kept = std::clamp(values[i] - middle, -most, most);
        m_sums[i + 1] = m_sums[i] + kept;
        m_squares[i + 1] = m_squares[i] + kept * kept;
    }
}

double WinsorisedMeans::z(std::size_t split, double growth) const {
    const std::size_t all = m_sums.size() - 1;
    const double before = static_cast<double>(split), since = static_cast<double>(all - split);
    const double sum_before = m_sums[split], sum_since = m_sums[all] - sum_before;
    const double squares =
        m_squares[all] - sum_before * sum_before / before - sum_since * sum_since / since;
    const double scale = std::sqrt(std::max(0.0, squares) / static_cast<double>(all - 2));
    const double difference = sum_since / since - sum_before / before;
    const double expected = std::max(0.0, std::copysign(1, difference) * growth);
    return std::copysign(std::max(0.0, std::abs(difference) - expected), difference) /
           (std::max(least_scale, scale) * std::sqrt(1 / before + 1 / since));
}

double mann_kendall_z(std::span<const double> values) {
    double s = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = i + 1; j < values.size(); ++j) {
            s += (values[j] > values[i] ? 1 : 0) - (values[j] < values[i] ? 1 : 0);
        }
    }
    const double n = static_cast<double>(values.size());
    return s == 0 ? 0 : (s - std::copysign(1, s)) / std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
}

double median_slope(std::span<const double> values, std::span<const double> at) {
    std::vector<double> slopes(values.size() * (values.size() - 1) / 2);
    auto slope = slopes.begin();
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = i + 1; j < values.size(); ++j) {
            *slope++ = (values[j] - values[i]) / (at[j] - at[i]);
        }
    }
    return query::median(std::move(slopes));
}

bool may_be_steep(std::span<const double> values, std::span<const double> at, double slope) {
    slope *= 1 - 1e-9;  // for what is lost in rounding
    std::size_t rising = 0, falling = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = i + 1; j < values.size(); ++j) {
            const double by = values[j] - values[i], least = slope * (at[j] - at[i]);
            rising += by >= least ? 1 : 0;
            falling += by <= -least ? 1 : 0;
        }
    }
    return 4 * std::max(rising, falling) + 2 >= values.size() * (values.size() - 1);
}

}  // namespace jobtally::judge
