// Rates and Wilson intervals, worked out apart with 40 decimal digits.
#include "core/model/rate.hpp"

#include "tests/support/catch.hpp"

using jobtally::model::Rate;

TEST_CASE("0 of 0 is no rate", "[model]") {
    CHECK_FALSE(Rate{0, 0}.value());
    CHECK_FALSE(Rate{0, 0}.wilson());
}

TEST_CASE("a rate is a fraction", "[model]") {
    CHECK(Rate{0, 7}.value() == 0.0);
    CHECK(Rate{7, 7}.value() == 1.0);
    CHECK(*Rate{2, 3}.value() == Approx(0.66666666666666663).epsilon(1e-15));
}

TEST_CASE("the Wilson interval at 95 %", "[model]") {
    const auto check = [](Rate rate, double low, double high) {
        const auto interval = rate.wilson();
        REQUIRE(interval);
        CHECK(interval->low == Approx(low).margin(1e-9));
        CHECK(interval->high == Approx(high).margin(1e-9));
    };
    // 81 of 263 and 15 of 148 are in R. G. Newcombe, Statistics in Medicine 17 (1998), to four
    // digits.
    check({0, 1}, 0.000000000000, 0.793450688208);
    check({1, 1}, 0.206549311792, 1.000000000000);
    check({1, 2}, 0.094531204639, 0.905468795361);
    check({2, 3}, 0.207659598808, 0.938508055979);
    check({0, 10}, 0.000000000000, 0.277532803026);
    check({81, 263}, 0.255288519489, 0.366209577458);
    check({950, 1000}, 0.934686179620, 0.961869737689);
    check({15, 148}, 0.062386399293, 0.160487242271);
}

TEST_CASE("the Wilson interval stays within 0 and 1 and is exact at its ends", "[model]") {
    for (const std::int64_t whole : {1, 2, 3, 7, 30, 1000, 999'999'937}) {
        CHECK(Rate{0, whole}.wilson()->low == 0.0);
        CHECK(Rate{whole, whole}.wilson()->high == 1.0);
        CHECK(Rate{0, whole}.wilson()->high < 1.0);
        CHECK(Rate{whole, whole}.wilson()->low > 0.0);
    }
}
