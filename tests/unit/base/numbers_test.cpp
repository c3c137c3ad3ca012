#include "core/base/numbers.hpp"

#include "tests/support/catch.hpp"

#include <limits>

TEST_CASE("counts have separators from four digits on", "[base]") {
    using jobtally::count_text;
    CHECK(count_text(0) == "0");
    CHECK(count_text(999) == "999");
    CHECK(count_text(1000) == "1,000");
    CHECK(count_text(-999) == "-999");
    CHECK(count_text(-100000) == "-100,000");
    CHECK(count_text(1234567) == "1,234,567");
    CHECK(count_text(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
}

TEST_CASE("one thing is counted in the singular", "[base]") {
    CHECK(jobtally::counted(0, "body", "bodies") == "0 bodies");
    CHECK(jobtally::counted(1, "body", "bodies") == "1 body");
    CHECK(jobtally::counted(2000, "body", "bodies") == "2,000 bodies");
}

TEST_CASE("a part is never shown as all, nor as nothing", "[base]") {
    CHECK(jobtally::per_cent_text(1) == "100.0 %");
    CHECK(jobtally::per_cent_text(0.99968) == ">99.9 %");
    CHECK(jobtally::per_cent_text(0.92) == "92.0 %");
    CHECK(jobtally::per_cent_text(0.0001) == "<0.1 %");
    CHECK(jobtally::per_cent_text(0) == "0.0 %");
}
