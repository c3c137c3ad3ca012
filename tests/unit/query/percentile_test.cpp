// Values by their place in order.
#include "core/query/percentile.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
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
    CHECK(query::upper_median(Values{9, 1, 6, 5}) == 6);
    CHECK(query::upper_median(Values{9, 5, 1}) == 5);
}

TEST_CASE("a value is found by its place", "[query]") {
    CHECK(query::value_at(Values{30, 10, 20, 20}, 0) == 10);
    CHECK(query::value_at(Values{30, 10, 20, 20}, 2) == 20);
    CHECK(query::value_at(Values{30, 10, 20, 20}, 3) == 30);
}

TEST_CASE("the value at a place is that of the sorted values, however they lie", "[query]") {
    const auto count = static_cast<std::int64_t>(GENERATE(1, 2, 24, 25, 26, 400));
    Values rising, falling, equal, few_kinds, scattered;
    for (std::int64_t i = 0; i < count; ++i) {
        rising.push_back(i);
        falling.push_back(-i);
        equal.push_back(7);
        few_kinds.push_back(i * 2654435761 % 1000 % 3);
        scattered.push_back(i * 2654435761 % 100'003);
    }
    for (const Values& values : {rising, falling, equal, few_kinds, scattered}) {
        Values sorted = values;
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t place = 0; place < sorted.size(); ++place) {
            CHECK(query::value_at(values, place) == sorted[place]);
        }
    }
}
