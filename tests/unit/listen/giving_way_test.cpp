// Which connection is closed for another one when all places are taken.
#include "core/listen/giving_way.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

namespace {

using jobtally::listen::Occupant;
using jobtally::listen::Phase;
using jobtally::listen::who_gives_way;
using std::chrono::milliseconds;

constexpr std::chrono::steady_clock::time_point start{std::chrono::hours(1)};
constexpr bool had_answer = false;

Occupant occupant(std::uint64_t session, Phase phase, int after_ms, bool is_fresh = true) {
    return {session, phase, start + milliseconds(after_ms), is_fresh};
}

// Where the handshake has 2.5 s, and bytes wait in the sockets of `with_input`.
std::optional<std::uint64_t> chosen(const std::vector<Occupant>& occupants, int after_ms,
                                    const std::vector<std::uint64_t>& with_input = {}) {
    return who_gives_way(occupants, start + milliseconds(after_ms), milliseconds(2500),
                         [&](std::uint64_t session) {
                             return std::count(with_input.begin(), with_input.end(), session) > 0;
                         });
}

}  // namespace

TEST_CASE("who has had its answer gives way first, after a moment", "[listen]") {
    CHECK(chosen({occupant(1, Phase::lingering, 20), occupant(2, Phase::idle, 10, had_answer),
                  occupant(3, Phase::head, 0)},
                 5000) == 2U);
    for (const auto phase : {Phase::lingering, Phase::idle}) {
        CHECK(chosen({occupant(1, phase, 20, had_answer)}, 120) == std::nullopt);
        CHECK(chosen({occupant(1, phase, 20, had_answer)}, 121) == 1U);
    }
}

TEST_CASE("then half a head, then who is silent, then who opens, the oldest first", "[listen]") {
    std::vector<Occupant> all{occupant(1, Phase::opening, 0), occupant(2, Phase::idle, 1),
                              occupant(3, Phase::idle, 2), occupant(4, Phase::head, 4),
                              occupant(5, Phase::head, 3)};
    for (const std::uint64_t expected : {5, 4, 2, 3, 1}) {
        REQUIRE(chosen(all, 10'000) == expected);
        all.erase(std::find_if(all.begin(), all.end(),
                               [&](const Occupant& one) { return one.session == expected; }));
    }
    CHECK(chosen(all, 10'000) == std::nullopt);
}

TEST_CASE("an honest sender's time is never cut short", "[listen]") {
    CHECK(chosen({occupant(1, Phase::head, 0)}, 1000) == std::nullopt);
    CHECK(chosen({occupant(1, Phase::head, 0)}, 1001) == 1U);
    CHECK(chosen({occupant(1, Phase::idle, 0)}, 100) == std::nullopt);
    CHECK(chosen({occupant(1, Phase::idle, 0)}, 101) == 1U);
    CHECK(chosen({occupant(1, Phase::opening, 0)}, 2500) == std::nullopt);
    CHECK(chosen({occupant(1, Phase::opening, 0)}, 2501) == 1U);
}

TEST_CASE("a connection whose bytes wait to be read stays", "[listen]") {
    const std::vector<Occupant> all{occupant(1, Phase::head, 0), occupant(2, Phase::idle, 0),
                                    occupant(3, Phase::idle, 0, had_answer),
                                    occupant(4, Phase::opening, 0)};
    CHECK(chosen(all, 5000, {1, 2, 3, 4}) == std::nullopt);
    CHECK(chosen(all, 5000, {1, 3, 4}) == 2U);
    CHECK(chosen(all, 5000, {3}) == 1U);
    // What comes after the last answer is thrown away in any case.
    CHECK(chosen({occupant(1, Phase::lingering, 0)}, 5000, {1}) == 1U);
}

TEST_CASE("a connection whose request is under way never gives way", "[listen]") {
    for (const auto phase : {Phase::waiting, Phase::body, Phase::storing, Phase::probing,
                             Phase::writing, Phase::closed})
        CHECK(chosen({occupant(1, phase, 0, had_answer)}, 3'600'000) == std::nullopt);
    CHECK(chosen({}, 0) == std::nullopt);
}
