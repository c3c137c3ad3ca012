// Values by their place in order.
#include "core/query/percentile.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

namespace {

using namespace jobtally;
using Values = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("the median is a value that occurs", "[query]") {
    CHECK(query::median(Values{7}) == 7);
    CHECK(query::median(Values{9, 1}) == 1);
    CHECK(query::median(Values{9, 5, 1}) == 5);
    CHECK(query::median(Values{9, 1, 6, 5}) == 5);
    CHECK(query::median(std::vector<std::string>{"c", "a", "b"}) == "b");
    CHECK(query::median_of_sorted(Values{1, 5, 6, 9}) == 5);
    CHECK(query::median_of_sorted(Values{1, 5, 9}) == 5);
    CHECK(query::upper_median(Values{9, 1, 6, 5}) == 6);
    CHECK(query::upper_median(Values{9, 5, 1}) == 5);
}

TEST_CASE("a value is found by its place", "[query]") {
    CHECK(query::value_at(Values{30, 10, 20, 20}, 0) == 10);
    CHECK(query::value_at(Values{30, 10, 20, 20}, 2) == 20);
    CHECK(query::value_at(Values{30, 10, 20, 20}, 3) == 30);
}
