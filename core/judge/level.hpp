// Whether a definition's values have moved to another level, at once or little by little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::judge {

// Residuals: logarithms without their season, oldest first, each with its time in microseconds.
struct Timed {
    std::span<const double> values;
    std::span<const std::int64_t> at;  // ascending
};

// A change of less than 15 % matters to nobody, nor does growth of 2 % a month.
inline constexpr double least_change = 0.1398;      // ln 1.15
inline constexpr double normal_growth = 0.02 / 30;  // a day

// What is usual is that of the values [usual_from, usual_until), what is now that of the values
// from `now_from` on; of a step the last two are its first value.
struct Change {
    std::size_t first = 0;
    std::size_t usual_from = 0;
    std::size_t usual_until = 0;
    std::size_t now_from = 0;
    double z = 0;      // above 0: risen
    double a_day = 0;  // slope of a drift; 0: a step

    void move_by(std::size_t places);
};

// The probabilities with which a series that has not changed may be said to have risen, or fallen.
struct Chances {
    double rise = 0, fall = 0;

    double of(double z) const { return z > 0 ? rise : fall; }
};

// Each test takes `chances` whole: they look at the same values, and what matters to nobody is left
// out.
//
// A step: the means of the last 5, 10, 20, 40 ... values and of ten and more before them differ by
// more than the values had grown before, as far as that is normal growth, and the last five differ
// by a third of it to three times as much. Where the values do not reach back a week
// before it, which seasons need, it must be a factor of 2. It is news for three weeks or ten
// values, as long as what was before is two fifths of all; what has lasted longer is usual, and
// what comes back after less than that is no news. A drift: over the last 30, 60 or 90 days, in
// thirty medians, values rise or fall by more than normal growth, and a line describes them as well
// as a step does.
std::optional<Change> find_change(Timed series, const Chances& chances);

// The level of each value, where it has changed lastingly once or more, by steps that nobody could
// take for chance or for a season: both sides have a week and ten values at least. Empty where it
// has not. Each level is the mean of the middle half of its values.
std::vector<double> lasting_levels(Timed series);

}  // namespace jobtally::judge
