#include "core/query/value_lists.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>

namespace {

using jobtally::query::ValueLists;
using Values = std::vector<std::int64_t>;

Values sorted_values_of(const ValueLists& lists, std::size_t group) {
    Values all;
    lists.for_each(group, [&](std::span<const std::int64_t> values) {
        all.insert(all.end(), values.begin(), values.end());
    });
    std::sort(all.begin(), all.end());
    return all;
}

TEST_CASE("lists give back every value that was added", "[query]") {
    constexpr std::size_t groups = 40;
    constexpr std::int64_t edges[] = {
        0, (1LL << 31) - 1, 1LL << 31, 1000 * ((1LL << 30) - 1), 1000LL << 30, INT64_MAX};
    std::mt19937_64 random(3);
    std::vector<ValueLists> parts;
    for (int i = 0; i < 3; ++i) parts.emplace_back(groups);
    std::vector<Values> expected(groups);
    const auto add = [&](std::size_t group, std::int64_t value) {
        parts[random() % parts.size()].add(group, value);
        expected[group].push_back(value);
    };
    for (int i = 0; i < 60'000; ++i) {
        const auto value = static_cast<std::int64_t>(random() >> (1 + random() % 62));
        add(random() % (1 + random() % (groups - 1)),
            random() % 2 == 0 ? value : value / 1000 * 1000);
    }
    for (const std::int64_t edge : edges) add(7, edge);
    for (std::size_t i = 1; i < parts.size(); ++i) parts[0].merge(std::move(parts[i]));
    for (std::size_t group = 0; group < groups; ++group) {
        std::sort(expected[group].begin(), expected[group].end());
        CHECK(sorted_values_of(parts[0], group) == expected[group]);
    }
    CHECK(expected.back().empty());
}

}  // namespace
