// Statistics against values worked out by hand.
#include "core/judge/statistics.hpp"

#include "core/answers/rank_test.hpp"
#include "core/judge/level.hpp"
#include "core/judge/season.hpp"
#include "core/judge/unusual.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_runs.hpp"

#include <cmath>
#include <vector>

namespace {

using namespace jobtally;
using Counts = std::vector<std::int64_t>;
using Numbers = std::vector<double>;

// Days from a Thursday on, at noon.
struct DayByDay {
    std::vector<std::int64_t> at;
    std::vector<judge::ClockPlace> places;
    explicit DayByDay(int count) {
        for (int day = 0; day < count; ++day) {
            at.push_back((day * 24 + 12) * query_test::hour);
            places.push_back(judge::clock_place(at.back(), {}));
        }
    }
};

}  // namespace

TEST_CASE("Mann and Whitney's U, standardised", "[judge]") {
    // U = 6 of 6, mean 3, variance 3 * 2 * 6 / 12 = 3.
    CHECK(answers::mann_whitney_z(Counts{1, 2, 3, 4, 5}, 3) == Approx(1.7320508));
    CHECK(answers::mann_whitney_z(Counts{4, 5, 1, 2, 3}, 2) == Approx(-1.7320508));
    // Ranks 1.5 1.5 3.5 3.5 5: U = 8.5 - 3, variance 3 * 2 / 12 * (6 - 12 / 20).
    CHECK(answers::mann_whitney_z(Counts{1, 1, 2, 2, 3}, 3) == Approx(2.5 / 1.6431677));
    CHECK(answers::mann_whitney_z(Counts{3, 3, 3, 3}, 2) == 0);
    CHECK(answers::mann_whitney_z(Counts{1, 2}, 0) == 0);
    CHECK(answers::mann_whitney_z(Counts{1, 2}, 2) == 0);
}

TEST_CASE("scales and tails of residuals", "[judge]") {
    CHECK(judge::median_scale(Numbers{-1, 3, 2, 0}) == Approx(1 / 0.6745));  // |x|: 0 1 2 3
    CHECK(judge::median_scale({}) == 0);
    CHECK(judge::middle_mean(Numbers{9, -5, 1, 2, 3}) == Approx(2));  // one off at either end
    CHECK(judge::middle_mean(Numbers{4, 6}) == 5);
    CHECK(judge::one_sided_z(0.025) == Approx(1.959964));
    CHECK(judge::one_sided_z(0.0005) == Approx(3.290527));
    // Ten in the tail of twenty; it begins at 1. Nine are 2 beyond in |x|^1.25, and one has been
    // spared; five of 0.65 come to them: (10 * (2^1.25 - 1) + 3.25) / (9 + 5).
    Numbers residuals(10, 1.0);
    residuals.insert(residuals.end(), 9, -2.0);
    residuals.push_back(50);
    const auto tail = judge::tail_of(residuals, 1);
    CHECK(tail.share == 0.5);
    CHECK(tail.from == 1);
    CHECK(tail.excess == Approx((10 * (std::pow(2, 1.25) - 1) + 3.25) / 14));
    CHECK(tail.reach(0.5) == 1);
    CHECK(tail.reach(0.5 / std::exp(1.0)) == Approx(std::pow(1 + tail.excess, 0.8)));
}

TEST_CASE("Kendall's S and Sen's slope", "[judge]") {
    // S = 10 of 10, variance 5 * 4 * 15 / 18.
    CHECK(judge::mann_kendall_z(Numbers{1, 2, 3, 4, 5}) == Approx(9 / std::sqrt(300.0 / 18)));
    CHECK(judge::mann_kendall_z(Numbers{5, 4, 3, 2, 1}) == Approx(-9 / std::sqrt(300.0 / 18)));
    CHECK(judge::mann_kendall_z(Numbers{2, 2, 2}) == 0);
    // 1, 1, 1, 25/1, 26/2, 27/3: the lower median of 1 1 1 9 13 25.
    CHECK(judge::median_slope(Numbers{0, 1, 2, 27}, Numbers{0, 1, 2, 3}) == 1);
    CHECK(judge::may_be_steep(Numbers{0, 1, 2, 27}, Numbers{0, 1, 2, 3}, 1));
    CHECK_FALSE(judge::may_be_steep(Numbers{0, 1, 2, 27}, Numbers{0, 1, 2, 3}, 9.5));
    // The lower median of these is the other one in the middle: -9.
    CHECK(judge::may_be_steep(Numbers{0, -1, -2, -27}, Numbers{0, 1, 2, 3}, 9));
}

TEST_CASE("winsorised means in standard errors", "[judge]") {
    // Differences 2 and 3 by turns: scale median / sqrt 2 / 0.6745, so nothing is cut off. Means -1
    // and 2 from the median, squares within both 4 * 1; scale sqrt(8 / 6).
    const judge::WinsorisedMeans means(Numbers{0, 2, 0, 2, 3, 5, 3, 5});
    CHECK(means.z(4) == Approx(3 / (std::sqrt(8.0 / 6) * std::sqrt(0.5))));
    CHECK(means.z(4, 1) == Approx(2 / (std::sqrt(8.0 / 6) * std::sqrt(0.5))));
    CHECK(means.z(4, 4) == 0);
    CHECK(means.z(4, -1) == means.z(4));  // what fell before does not rise by growing
}

constexpr judge::Chances chances{0.00015, 0.00015};

TEST_CASE("a step is told from what value on, a drift by its slope", "[judge]") {
    const DayByDay days(60);
    query_test::Noise noise(1);
    Numbers still, stepped, drifting;
    for (int day = 0; day < 60; ++day) {
        const double value = 0.05 * noise.normal();
        still.push_back(value);
        stepped.push_back(value + (day >= 52 ? 0.3 : 0));
        drifting.push_back(value - (day >= 30 ? 0.01 * (day - 30) : 0));
    }
    CHECK_FALSE(judge::find_change({still, days.at}, chances));
    const auto step = judge::find_change({stepped, days.at}, chances);
    REQUIRE(step);
    CHECK(step->first == 52);
    CHECK(step->z > 5);
    CHECK(step->a_day == 0);
    const auto drift = judge::find_change({drifting, days.at}, chances);
    REQUIRE(drift);
    CHECK(drift->z < -4);
    CHECK(drift->a_day == Approx(-0.01).epsilon(0.2));
    CHECK(drift->first == 30);
    // Each direction has a chance of its own.
    CHECK_FALSE(judge::find_change({stepped, days.at}, {1e-40, 0.4}));
    CHECK(judge::find_change({stepped, days.at}, {0.4, 1e-40}));
    CHECK_FALSE(judge::find_change({drifting, days.at}, {0.4, 1e-40}));
    CHECK(judge::find_change({drifting, days.at}, {1e-40, 0.0002}));
}

TEST_CASE("a step is news for three weeks, and usual for what comes later", "[judge]") {
    const DayByDay days(120);
    query_test::Noise noise(3);
    Numbers tripled, twice;
    for (int day = 0; day < 120; ++day) {
        const double value = 0.1 * noise.normal();
        tripled.push_back(value + (day >= 60 ? 1.1 : 0));
        twice.push_back(value + (day >= 60 ? 1.1 : 0) + (day >= 110 ? 0.5 : 0));
    }
    const auto change_at = [&](const Numbers& values, std::size_t count) {
        return judge::find_change({std::span(values).first(count), std::span(days.at).first(count)},
                                  chances);
    };
    for (std::size_t day = 66; day <= 80; ++day) CHECK(change_at(tripled, day + 1)->first == 60);
    for (std::size_t day = 83; day < 120; ++day) CHECK_FALSE(change_at(tripled, day + 1));
    REQUIRE(change_at(twice, 120));
    CHECK(change_at(twice, 120)->first == 110);
}

TEST_CASE("a season is chosen where it describes the values more shortly", "[judge]") {
    const DayByDay days(70);
    query_test::Noise noise(2);
    Numbers plain, weekends, month_ends;
    for (const auto& place : days.places) {
        const double value = 0.1 * noise.normal();
        plain.push_back(value);
        weekends.push_back(value + (place.weekday >= 5 ? 0.7 : 0));
        month_ends.push_back(value + (place.days_left == 0 ? 1 : 0));
    }
    CHECK(judge::fit_profile(plain, days.places).profile.season == judge::Season::none);
    // The runs of one day are no season, many as they are.
    Numbers hourly;
    std::vector<judge::ClockPlace> hours;
    for (std::int64_t hour = 0; hour < 31 * 24; ++hour) {
        hours.push_back(judge::clock_place(hour * 3'600'000'000, {}));
        hourly.push_back(0.1 * noise.normal() + (hours.back().days_left == 0 ? 1 : 0));
    }
    CHECK(judge::fit_profile(hourly, hours).profile.season == judge::Season::none);
    const auto fitted = judge::fit_profile(weekends, days.places);
    CHECK(fitted.profile.season == judge::Season::part_of_week);
    CHECK(fitted.profile.at({12, 6, 9}).level - fitted.profile.at({12, 0, 9}).level ==
          Approx(0.7).margin(0.08));
    CHECK(fitted.profile.at({12, 6, 9}).count == 20);
    CHECK(judge::text_of(judge::Season::weekday, {12, 6, 9}) == " on Sundays");
    CHECK(judge::clock_place(0, {}).weekday == 3);  // 1970-01-01
    CHECK(judge::clock_place(0, {}).days_left == 30);
    // Without a value the median of its cell is the next one: of 1 2 4 that of 1 is 2, of 2 and 4
    // the lower of the others.
    const auto three = judge::fit_profile(Numbers{1, 4, 2}, std::span(days.places).first(3));
    CHECK(three.residuals == Numbers{-1, 3, 1});
}

TEST_CASE("flaws are unusual where they were seldom", "[judge]") {
    // 1 - (1 - p)^3 and p^3.
    CHECK(judge::binomial_tail(1, 3, 0.1) == Approx(0.271));
    CHECK(judge::binomial_tail(3, 3, 0.1) == Approx(0.001));
    const auto unusual = [](int before, int every, int in_a_row) {
        std::vector<std::uint8_t> flawed;
        for (int i = 0; i < before; ++i) flawed.push_back(every > 0 && i % every == 0 ? 1 : 0);
        const std::size_t window = flawed.size();
        flawed.insert(flawed.end(), static_cast<std::size_t>(in_a_row), 1);
        return judge::judge_flaws(flawed, window, 0.0001).is_unusual;
    };
    CHECK(unusual(20, 0, 1));          // never before
    CHECK_FALSE(unusual(100, 20, 1));  // five in a hundred
    CHECK_FALSE(unusual(100, 20, 2));  // (5.5 / 101)^2 = 0.003
    CHECK(unusual(100, 20, 4));        // 0.000009
    CHECK_FALSE(unusual(30, 1, 5));    // always
    CHECK_FALSE(judge::judge_flaws(std::vector<std::uint8_t>(9, 1), 8, 0.0001).can_be_judged);
    // Three in a row at one of 24 places: (1.5 / 101)^3 * 24 = 0.00008. At the end is one place.
    const auto three = [](std::size_t end) {
        std::vector<std::uint8_t> flawed(124, 0);
        flawed[40] = 1;
        std::fill_n(flawed.begin() + static_cast<std::ptrdiff_t>(end) - 3, 3, 1);
        return judge::judge_flaws(flawed, 100, 0.00001).is_unusual;
    };
    CHECK(three(124));
    CHECK_FALSE(three(120));
    // Ten in a row come round: weekends.
    std::vector<std::uint8_t> weekends;
    for (int i = 0; i < 140; ++i) weekends.push_back(i % 70 >= 60 ? 1 : 0);
    CHECK_FALSE(judge::judge_flaws(weekends, 130, 0.0001).is_unusual);
}

TEST_CASE("parts that are always empty do not hide that all are", "[judge]") {
    const auto is_unusual = [](int days, const std::vector<std::uint8_t>& day, std::size_t row) {
        std::vector<std::uint8_t> flawed;
        for (int i = 0; i < days; ++i) flawed.insert(flawed.end(), day.begin(), day.end());
        const std::size_t window = flawed.size();
        flawed.insert(flawed.end(), row, 1);
        return judge::judge_flaws(flawed, window, 0.0001).is_unusual;
    };
    CHECK(is_unusual(100, {0, 1}, 2));
    CHECK_FALSE(is_unusual(100, {0, 1}, 1));
    CHECK(is_unusual(50, {0, 0, 0, 1}, 4));
    CHECK_FALSE(is_unusual(10, {0, 1}, 2));              // few are known
    CHECK_FALSE(is_unusual(40, {0, 0, 0, 1, 1, 1}, 2));  // as at the end of each day
}
