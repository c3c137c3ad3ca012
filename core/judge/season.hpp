// What the calendar makes of a definition's values: the part of the week, the hour, the end of the
// month. Values are logarithms, because durations and volumes are skewed and people think of them
// in ratios.
#pragma once

#include "core/time/zone.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::judge {

// By what values differ. The part of the week is working days or the weekend.
enum class Season : std::uint8_t {
    none,
    part_of_week,
    weekday,
    hour,
    hour_of_part,
    hour_of_week,
    end_of_month
};
std::string_view name_of(Season season);  // what a run is compared with: `all`, `same_weekday`

// A place on the local clock, on a day since 1970. Monday is 0; the last day of a month has 0 days
// left.
struct ClockPlace {
    std::uint8_t hour;
    std::uint8_t weekday;
    std::uint8_t days_left;
    std::int32_t day = 0;
};
ClockPlace clock_place(std::int64_t micros, const time::Zone& zone);

// In words: ` on Mondays`; of `none` empty.
std::string text_of(Season season, ClockPlace place);

// The usual value at each place: the median of its cell; of all, where fewer than three are known,
// or all of them of one day: what happened once is no season.
struct Profile {
    struct Cell {
        double level = 0;
        std::size_t count = 0;
    };
    Season season = Season::none;
    std::vector<Cell> cells;

    const Cell& at(ClockPlace place) const;
};

struct FittedProfile {
    Profile profile;
    std::vector<double> residuals;  // of each value, from the median of the others of its cell;
                                    // where these are of few days, from that of the other days
};

// Chooses the season that describes the values most shortly: each costs its negative logarithmic
// density under Student's t with four degrees of freedom about the median of the other values of
// its cell, so that what a season must learn is paid for by what it says wrongly of few values. J.
// Rissanen, "Universal Coding, Information, Prediction, and Estimation", IEEE Transactions on
// Information Theory 30 (1984), 629-636; M. Stone, "Cross-Validatory Choice and Assessment of
// Statistical Predictions", Journal of the Royal Statistical Society B 36 (1974), 111-147.
// There are at least two values, in the order of time.
FittedProfile fit_profile(std::span<const double> values, std::span<const ClockPlace> places);

}  // namespace jobtally::judge
