#include "core/time/length.hpp"

#include "tests/support/catch.hpp"

TEST_CASE("lengths for people", "[time]") {
    using jobtally::time::Duration;
    const auto shown = [](std::int64_t micros) {
        return jobtally::time::human_length(Duration{micros});
    };
    CHECK(shown(0) == "0 s");
    CHECK(shown(340) == "340 us");
    CHECK(shown(999) == "999 us");
    CHECK(shown(1000) == "1 ms");
    CHECK(shown(85'400) == "85 ms");
    CHECK(shown(999'499) == "999 ms");
    CHECK(shown(999'500) == "1.00 s");
    CHECK(shown(1'285'000) == "1.29 s");
    CHECK(shown(9'994'999) == "9.99 s");
    CHECK(shown(9'995'000) == "10 s");
    CHECK(shown(42'000'000) == "42 s");
    CHECK(shown(59'499'999) == "59 s");
    CHECK(shown(59'500'000) == "1m 00s");
    CHECK(shown(125'000'000) == "2m 05s");
    CHECK(shown(3'599'500'000) == "1h 00m");
    CHECK(shown(7'980'000'000) == "2h 13m");
    CHECK(shown(86'399'000'000) == "1d 00h");
    CHECK(shown(273'600'000'000) == "3d 04h");
    CHECK(shown(863'999'000'000) == "10d");
    CHECK(shown(41 * 86'400'000'000) == "41d");
    CHECK(shown(-125'000'000) == "-2m 05s");
    CHECK(shown(-1) == "-1 us");
    CHECK(jobtally::time::human_length(Duration::min()) == "-106751991d");
}
