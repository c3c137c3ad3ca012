// Robust distances and rank statistics against values worked out by hand.
#include "core/judge/rank_test.hpp"
#include "core/judge/robust_distance.hpp"
#include "tests/support/catch.hpp"

#include <vector>

namespace {

using namespace jobtally;
using Values = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("the robust distance counts deviations of the logarithm", "[judge]") {
    // ln 2 apart each: median 4, deviations 2 1 0 1 2 times ln 2, MAD ln 2.
    const Values doubling{1, 2, 4, 8, 16};
    CHECK(*judge::robust_distance(doubling, 64) == Approx(0.6745 * 4));
    CHECK(*judge::robust_distance(doubling, 1) == Approx(-0.6745 * 2));
    CHECK(*judge::robust_distance(doubling, 4) == 0);
    CHECK(*judge::robust_distance(doubling, 0) == Approx(-0.6745 * 2));  // 0 is taken as 1
    // Median 4, deviations 0 0 1 1 5 8 times ln 2: the third.
    const Values uneven{2, 4, 4, 8, 128, 1024};
    CHECK(*judge::robust_distance(uneven, 8) == Approx(0.6745));
}

TEST_CASE("the robust distance of mostly equal values takes the mean deviation", "[judge]") {
    const Values mostly{4, 4, 4, 4, 8};  // MAD 0, mean deviation ln 2 / 5
    CHECK(*judge::robust_distance(mostly, 16) == Approx(2 / (1.253314 / 5)));
    const Values equal{4, 4, 4};
    CHECK_FALSE(judge::robust_distance(equal, 8).has_value());
    CHECK(*judge::robust_distance(equal, 4) == 0);
}

TEST_CASE("few runs must be further off", "[judge]") {
    CHECK(judge::far_off(8) == Approx(5.25));
    CHECK(judge::far_off(100) == Approx(3.64));
}

TEST_CASE("Mann and Whitney's U, standardised", "[judge]") {
    // U = 6 of 6, mean 3, variance 3 * 2 * 6 / 12 = 3.
    CHECK(judge::mann_whitney_z(Values{1, 2, 3, 4, 5}, 3) == Approx(1.7320508));
    CHECK(judge::mann_whitney_z(Values{4, 5, 1, 2, 3}, 2) == Approx(-1.7320508));
    // Ranks 1.5 1.5 3.5 3.5 5: U = 8.5 - 3, variance 3 * 2 / 12 * (6 - 12 / 20).
    CHECK(judge::mann_whitney_z(Values{1, 1, 2, 2, 3}, 3) == Approx(2.5 / 1.6431677));
    CHECK(judge::mann_whitney_z(Values{3, 3, 3, 3}, 2) == 0);
    CHECK(judge::mann_whitney_z(Values{1, 2}, 0) == 0);
    CHECK(judge::mann_whitney_z(Values{1, 2}, 2) == 0);
}

TEST_CASE("the greatest rise splits a series where its level changes", "[judge]") {
    const auto rise = judge::greatest_rise(Values{1, 3, 2, 12, 10, 11}, 2, 2);
    REQUIRE(rise);
    CHECK(rise->split == 3);
    CHECK(rise->z == Approx(4.5 / 2.2912878));  // U = 9 of 9, mean 4.5, variance 9 * 7 / 12
    CHECK_FALSE(judge::greatest_rise(Values{1, 2, 3}, 2, 2).has_value());
    // No fewer than asked for on either side.
    CHECK(judge::greatest_rise(Values{1, 1, 1, 1, 9}, 2, 2)->split == 3);
    CHECK(judge::greatest_rise(Values{1, 9, 9, 9, 9}, 2, 2)->split == 2);
}
