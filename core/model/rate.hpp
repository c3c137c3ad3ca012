// A share of a whole, with the interval that says how sure it is.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace jobtally::model {

struct Interval {
    double low;
    double high;
};

// part of whole, 0 <= part <= whole. Undefined (null) where whole is 0: 0/0 is no rate.
struct Rate {
    std::int64_t part = 0;
    std::int64_t whole = 0;

    std::optional<double> value() const;
    // The Wilson score interval at 95 % (z = 1.959964), within [0, 1].
    // E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    // Journal of the American Statistical Association 22 (1927), 209-212.
    std::optional<Interval> wilson() const;
};

inline std::optional<double> Rate::value() const {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

inline std::optional<Interval> Rate::wilson() const {
    if (whole == 0) return std::nullopt;
    constexpr double z = 1.959964;
    const double n = static_cast<double>(whole);
    const double p = static_cast<double>(part) / n;
    const double divisor = 1 + z * z / n;
    const double centre = (p + z * z / (2 * n)) / divisor;
    const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / divisor;
    // By the formula the ends are exactly 0 and 1 here, but rounding errors would leave them
    // slightly off.
    const double low = part == 0 ? 0 : std::max(0.0, centre - reach);
    const double high = part == whole ? 1 : std::min(1.0, centre + reach);
    return Interval{low, high};
}

}  // namespace jobtally::model
