#include "core/base/ascii.hpp"

#include "tests/support/catch.hpp"

TEST_CASE("blanks are trimmed at both ends", "[base]") {
    using jobtally::trim;
    CHECK(trim(" \ta b\t ") == "a b");
    CHECK(trim("a") == "a");
    CHECK(trim(" \t ") == "");
    CHECK(trim("\ta ", " ") == "\ta");
}

TEST_CASE("case is ignored for ASCII only", "[base]") {
    using jobtally::equals_ignoring_case;
    CHECK(equals_ignoring_case("Success", "SUCCESS"));
    CHECK(equals_ignoring_case("", ""));
    CHECK_FALSE(equals_ignoring_case("a", "ab"));
    CHECK_FALSE(equals_ignoring_case("é", "É"));
    CHECK_FALSE(equals_ignoring_case("[", "{"));
}
