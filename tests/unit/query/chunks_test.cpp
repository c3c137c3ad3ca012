// Chunks keep what was kept, in its order, over small and large chunks.
#include "core/query/chunks.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>

namespace {

using jobtally::query::Chunks;

TEST_CASE("a million values come back in their order", "[query]") {
    Chunks<std::uint64_t> chunks;
    constexpr std::uint64_t count = 1'000'000;
    for (std::uint64_t next = 0; next < count;) {
        std::uint64_t* const room = chunks.room(4096);
        const std::uint64_t some = std::min<std::uint64_t>(1 + next % 4096, count - next);
        for (std::uint64_t i = 0; i < 4096; ++i) room[i] = i < some ? next + i : count;
        chunks.kept(some);
        next += some;
    }
    CHECK(chunks.size() == count);
    std::uint64_t expected = 0;
    bool in_order = true;
    chunks.for_each([&](std::uint64_t value) { in_order = in_order && value == expected++; });
    CHECK(in_order);
    CHECK(expected == count);
}

TEST_CASE("more room than a chunk usually has", "[query]") {
    Chunks<std::uint64_t> chunks;
    chunks.room(0);
    chunks.kept(0);
    std::uint64_t* const room = chunks.room(3'000'000);
    room[0] = 1;
    room[2'999'999] = 2;
    chunks.kept(3'000'000);
    chunks.room(1)[0] = 3;
    chunks.kept(1);
    std::uint64_t last = 0;
    chunks.for_each([&](std::uint64_t value) { last = value; });
    CHECK(chunks.size() == 3'000'001);
    CHECK(last == 3);
}

TEST_CASE("one takes over what another holds, and grows on", "[query]") {
    const auto put = [](Chunks<std::uint64_t>& chunks, std::uint64_t value) {
        chunks.room(1)[0] = value;
        chunks.kept(1);
    };
    Chunks<std::uint64_t> first, second, third;
    for (std::uint64_t value = 1; value <= 10'000; ++value) put(second, value);
    first.take_over(std::move(second));
    put(first, 20'000);
    put(third, 30'000);
    third.take_over(std::move(first));
    put(third, 40'000);
    std::uint64_t sum = 0;
    third.for_each([&](std::uint64_t value) { sum += value; });
    CHECK(third.size() == 10'003);
    CHECK(sum == 50'005'000 + 90'000);
}

}  // namespace
