// A share of a whole, with the interval that says how sure it is.
#pragma once

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

}  // namespace jobtally::model
