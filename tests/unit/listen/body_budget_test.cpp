// The budget of all bodies, with sessions that are mere numbers.
#include "core/listen/body_budget.hpp"

#include "tests/support/catch.hpp"

#include <map>
#include <set>

namespace {

using jobtally::listen::BodyBudget;

struct Budget {
    std::set<std::uint64_t> gone;
    std::map<std::uint64_t, BodyBudget::Share> shares;  // by session
    boost::asio::io_context io;
    BodyBudget budget{100, io, [this](std::uint64_t number) -> BodyBudget::Taker {
                          if (gone.contains(number)) return {};
                          return [this, number](BodyBudget::Share share) {
                              shares[number] = std::move(share);
                          };
                      }};

    std::set<std::uint64_t> turn() {
        io.restart();
        io.poll();
        std::set<std::uint64_t> having;
        for (const auto& [number, share] : shares) having.insert(number);
        return having;
    }
    ~Budget() { shares.clear(); }
};

using Sessions = std::set<std::uint64_t>;

}  // namespace

TEST_CASE("shares are given as far as the budget goes, then in the order of asking", "[listen]") {
    Budget all;
    all.budget.ask(60, 1);
    all.budget.ask(40, 2);
    CHECK(all.turn() == Sessions{1, 2});
    CHECK(all.budget.reserved() == 100);
    all.budget.ask(50, 3);
    all.budget.ask(1, 4);  // would fit before 3 does, but is behind it
    all.shares.erase(2);
    CHECK(all.turn() == Sessions{1});
    all.shares.erase(1);
    CHECK(all.turn() == Sessions{3, 4});
    CHECK(all.budget.reserved() == 51);
    all.shares.clear();
    CHECK(all.budget.reserved() == 0);
}

TEST_CASE("a body larger than the budget has its turn alone", "[listen]") {
    Budget all;
    all.budget.ask(1, 1);
    all.budget.ask(1000, 2);
    CHECK(all.turn() == Sessions{1});
    all.shares.erase(1);
    CHECK(all.turn() == Sessions{2});
    all.budget.ask(1, 3);
    CHECK(all.turn() == Sessions{2});
    all.shares.erase(2);
    CHECK(all.turn() == Sessions{3});
}

TEST_CASE("who has gone gets no share and holds up nobody", "[listen]") {
    Budget all;
    all.budget.ask(100, 1);
    for (const std::uint64_t number : {2, 3, 4}) all.budget.ask(100, number);
    all.gone = {2, 3};
    all.shares.erase(1);
    CHECK(all.turn() == Sessions{4});
    all.budget.ask(100, 5);
    all.budget.close();
    all.shares.clear();
    CHECK(all.turn().empty());
    CHECK(all.budget.reserved() == 0);
}

TEST_CASE("a share gives itself back once, wherever it was moved", "[listen]") {
    Budget all;
    all.budget.ask(70, 1);
    CHECK(all.turn() == Sessions{1});
    auto share = std::move(all.shares[1]);
    CHECK_FALSE(all.shares[1]);
    all.shares.clear();
    CHECK(all.budget.reserved() == 70);
    share = BodyBudget::Share();
    CHECK(all.budget.reserved() == 0);
}
