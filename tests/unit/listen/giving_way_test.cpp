// Which connection is closed for another one when all places are taken.
#include "core/listen/giving_way.hpp"

#include "tests/support/catch.hpp"

namespace {

using jobtally::listen::Occupant;
using jobtally::listen::Phase;
using jobtally::listen::who_gives_way;

constexpr std::chrono::steady_clock::time_point start{std::chrono::hours(1)};

Occupant occupant(std::uint64_t session, Phase phase, int after_ms) {
    return {session, phase, start + std::chrono::milliseconds(after_ms)};
}

std::optional<std::uint64_t> chosen(const std::vector<Occupant>& occupants, int after_ms) {
    return who_gives_way(occupants, start + std::chrono::milliseconds(after_ms));
}

}  // namespace

TEST_CASE("the connection that has been idle longest gives way", "[listen]") {
    CHECK(chosen({occupant(1, Phase::idle, 20), occupant(2, Phase::idle, 10),
                  occupant(3, Phase::opening, 15)},
                 20) == 2U);
    CHECK(chosen({occupant(1, Phase::idle, 20), occupant(2, Phase::opening, 10)}, 20) == 2U);
    CHECK(chosen({occupant(4, Phase::idle, 10), occupant(3, Phase::idle, 10)}, 20) == 4U);
}

TEST_CASE("a head gives way after a second, and only where nobody is idle", "[listen]") {
    const std::vector<Occupant> heads{occupant(1, Phase::head, 5), occupant(2, Phase::head, 0)};
    CHECK(chosen(heads, 1000) == std::nullopt);
    CHECK(chosen(heads, 1001) == 2U);
    CHECK(chosen({heads[0], heads[1], occupant(3, Phase::idle, 5000)}, 5000) == 3U);
}

TEST_CASE("a connection whose request is under way never gives way", "[listen]") {
    for (const auto phase : {Phase::waiting, Phase::body, Phase::storing, Phase::probing,
                             Phase::writing, Phase::lingering, Phase::closed})
        CHECK(chosen({occupant(1, phase, 0)}, 3'600'000) == std::nullopt);
    CHECK(chosen({}, 0) == std::nullopt);
}
