// Incidents of one and of several definitions.
#include "core/incidents/coincidence.hpp"

#include "tests/support/catch.hpp"

namespace {

using namespace jobtally;
using incidents::Kind;
using incidents::Moment;

constexpr std::int64_t an_hour = 3600LL * 1'000'000;

// Ten definitions that ran each hour for ten days, a minute apart from each other, each run for a
// minute; `kind` says what became of a run.
template <class KindOf>
std::vector<Moment> ten_days(KindOf kind) {
    std::vector<Moment> moments;
    for (std::uint32_t definition = 1; definition <= 10; ++definition) {
        for (std::int64_t hour = 0; hour < 240; ++hour) {
            const auto at = hour * an_hour + static_cast<std::int64_t>(definition) * an_hour / 60;
            const Kind became = kind(definition, hour);
            moments.push_back(
                {definition, became, at, at + an_hour / 60, became == Kind::failed ? 5 : 1});
        }
    }
    return moments;
}

}  // namespace

TEST_CASE("failures that coincide are one incident", "[incidents]") {
    const auto moments = ten_days([](std::size_t definition, std::int64_t hour) {
        const bool is_down = definition <= 4 && hour >= 100 && hour < 103;
        return is_down || (definition == 9 && hour == 50) ? Kind::failed : Kind::good;
    });
    const auto found = incidents::find_incidents(moments, 0.0001);
    REQUIRE(found.size() == 2);
    CHECK_FALSE(found[0].is_shared);
    CHECK(found[0].definitions == std::vector<std::size_t>{9});
    CHECK(found[0].failed == 1);
    CHECK(found[0].ended_at == 51 * an_hour + 10 * an_hour / 60);
    CHECK(found[1].is_shared);
    CHECK(found[1].definitions == std::vector<std::size_t>{1, 2, 3, 4});
    CHECK(found[1].began_at == 100 * an_hour + an_hour / 60);
    CHECK(found[1].last_bad_at == 102 * an_hour + 5 * an_hour / 60);
    CHECK(found[1].ended_at == 103 * an_hour + 2 * an_hour / 60);
    CHECK(found[1].failed == 12);
    CHECK(found[1].finished == 12);
    CHECK(found[1].operations_failed == 60);
    CHECK(found[1].active == 10);
    const auto after = [&](std::int64_t micros) {
        return incidents::find_incidents(moments, 0.0001, {time::instant_from_micros(micros), {}});
    };
    CHECK(after(*found[0].ended_at).size() == 2);
    CHECK(after(*found[0].ended_at + 1).size() == 1);
    const time::TimeSpan before{{}, time::instant_from_micros(found[1].began_at)};
    CHECK(incidents::find_incidents(moments, 0.0001, before).size() == 1);
}

TEST_CASE("failures that end after the next runs are over when a later one ends", "[incidents]") {
    auto moments = ten_days([](std::size_t definition, std::int64_t hour) {
        return definition <= 6 && hour == 100 ? Kind::failed : Kind::good;
    });
    for (auto& moment : moments) {
        if (moment.is_bad()) moment.ended_at += 2 * an_hour;
    }
    const auto found = incidents::find_incidents(moments, 0.0001);
    REQUIRE(found.size() == 1);
    CHECK(found[0].definitions.size() == 6);
    CHECK(found[0].failed == 6);
    CHECK(found[0].ended_at == 103 * an_hour + 2 * an_hour / 60);
}

// A run of each lasts for hours and fails; those due meanwhile don't come, and are over before it.
TEST_CASE("failures that end after runs that did not come are one incident", "[incidents]") {
    for (const Kind next : {Kind::missed, Kind::failed, Kind::slow}) {
        auto moments = ten_days([&](std::size_t definition, std::int64_t hour) {
            if (definition > 6 || hour < 100 || hour > 102) return Kind::good;
            return hour == 100 ? Kind::failed : next;
        });
        for (auto& moment : moments) {
            if (moment.kind == Kind::failed && moment.created_at < 101 * an_hour)
                moment.ended_at += 5 * an_hour / 2;
        }
        const auto found = incidents::find_incidents(moments, 0.0001);
        REQUIRE(found.size() == 1);
        CHECK(found[0].definitions.size() == 6);
        CHECK(found[0].last_bad_at == 102 * an_hour + 37 * an_hour / 60);
        CHECK(found[0].ended_at == 103 * an_hour + 2 * an_hour / 60);
        CHECK(found[0].failed + found[0].missed + found[0].slow == 18);
    }
}

TEST_CASE("what lasts has no end, and missed and slow runs count as well", "[incidents]") {
    const auto found = incidents::find_incidents(
        ten_days([](std::size_t definition, std::int64_t hour) {
            if (hour < 239) return Kind::good;
            return definition <= 3 ? Kind::failed : definition <= 5 ? Kind::missed : Kind::slow;
        }),
        0.0001);
    REQUIRE(found.size() == 1);
    CHECK(found[0].definitions.size() == 10);
    CHECK_FALSE(found[0].ended_at);
    CHECK(found[0].failed == 3);
    CHECK(found[0].missed == 2);
    CHECK(found[0].slow == 5);
}

TEST_CASE("what often fails coincides by chance", "[incidents]") {
    const auto found = incidents::find_incidents(
        ten_days([](std::size_t definition, std::int64_t hour) {
            return (hour * 7 + static_cast<std::int64_t>(definition)) % 9 == 0 ? Kind::failed
                                                                               : Kind::good;
        }),
        0.0001);
    for (const auto& incident : found) CHECK_FALSE(incident.is_shared);
    CHECK(incidents::find_incidents({}, 0.0001).empty());
}

// Each definition has 240 runs, of which 239 came after a good one where one failed: its rate is
// (1 + 1/2) / (239 + 1) = 1/160. That the second fails with the first is 0.9 x 160 = 144 times
// likelier if it is struck: the mean of 1/2 + 144/2 = 72.5, 7/8 + 144/8 = 18.875 and 31/32 + 144/32
// = 5.46875 is 32.28125. The budget is of 10 definitions for 239/24 + 1 days each, 109.5833 days,
// and two runs began: 2 / (109.5833 c) is below 32.28125 where c > 0.000565367.
TEST_CASE("two coincide as far as the evidence says", "[incidents]") {
    const auto moments = ten_days([](std::size_t definition, std::int64_t hour) {
        return definition <= 2 && hour == 100 ? Kind::failed : Kind::good;
    });
    CHECK(incidents::find_incidents(moments, 0.000565).size() == 2);
    const auto found = incidents::find_incidents(moments, 0.000566);
    REQUIRE(found.size() == 1);
    CHECK(found[0].is_shared);
    CHECK(found[0].definitions.size() == 2);
}

TEST_CASE("what coincides while an incident lasts is part of it", "[incidents]") {
    const auto moments = ten_days([](std::size_t definition, std::int64_t hour) {
        const std::int64_t since = definition <= 5 ? 100 : 103;
        return definition <= 8 && hour >= since && hour < 106 ? Kind::failed : Kind::good;
    });
    const auto found = incidents::find_incidents(moments, 0.0001);
    REQUIRE(found.size() == 1);
    CHECK(found[0].definitions == std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(found[0].failed == 5 * 6 + 3 * 3);
}

// The tenth fails from hour 100 on, before the others do, and is part of what joins them later.
TEST_CASE("what failed before an incident that it came into later is an incident", "[incidents]") {
    const auto moments = ten_days([](std::size_t definition, std::int64_t hour) {
        const auto fails = [&](std::int64_t since, std::int64_t until) {
            return hour >= since && hour < until ? Kind::failed : Kind::good;
        };
        if (definition <= 5) return fails(103, 110);
        if (definition == 10) return hour < 107 ? fails(100, 107) : fails(108, 112);
        return definition <= 8 ? fails(108, 112) : Kind::good;
    });
    const auto found = incidents::find_incidents(moments, 0.0001);
    REQUIRE(found.size() == 2);
    CHECK(found[0].definitions == std::vector<std::size_t>{10});
    CHECK(found[0].failed == 3);
    CHECK(found[1].is_shared);
    CHECK(found[1].failed == 5 * 7 + 3 * 4 + 4 + 4);
}

// Four fail for long, so that the fourth's later failure is within their incident; then four more
// that failed for a short while turn out to coincide: most were over before it.
TEST_CASE("a failure after an incident that turns out to be over is one of its own",
          "[incidents]") {
    const auto moments = ten_days([](std::size_t definition, std::int64_t hour) {
        const auto fails = [&](std::int64_t since, std::int64_t until) {
            return hour >= since && hour < until;
        };
        const bool is_bad = definition <= 3   ? fails(100, 160)
                            : definition == 4 ? fails(100, 135) || hour == 150
                                              : definition <= 8 && fails(101, 103);
        return is_bad ? Kind::failed : Kind::good;
    });
    std::int64_t shared = 0, alone = 0;
    for (const auto& one : incidents::find_incidents(moments, 0.0001)) {
        (one.is_shared ? shared : alone) += one.failed;
    }
    CHECK(shared == 4 * 2 + 4 * 4);
    CHECK(alone == 3 * 60 + 35 + 1);
}

// Four fail at hour 100, 101 and 102, and one of them until 110: the middle one is bad for three
// hours, so from the seventh hour on its streak is one of its own.
TEST_CASE("a streak that outlasts the incident keeps it open, then is one of its own",
          "[incidents]") {
    const auto at_hour = [](std::int64_t now) {
        auto moments = ten_days([](std::size_t definition, std::int64_t hour) {
            const std::int64_t until = definition == 3 ? 110 : 103;
            return definition <= 4 && hour >= 100 && hour < until ? Kind::failed : Kind::good;
        });
        std::erase_if(moments, [&](const Moment& one) { return one.created_at > now * an_hour; });
        return incidents::find_incidents(moments, 0.0001);
    };
    auto found = at_hour(102);
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].ended_at);
    CHECK_FALSE(found[0].is_mostly_over);
    CHECK(found[0].active == 10);
    const auto reaches_from = [&](std::int64_t micros) {
        return incidents::find_incidents(ten_days([](std::size_t definition, std::int64_t hour) {
                                             const std::int64_t until = definition == 3 ? 110 : 103;
                                             return definition <= 4 && hour >= 100 && hour < until
                                                        ? Kind::failed
                                                        : Kind::good;
                                         }),
                                         0.0001, {time::instant_from_micros(micros), {}})
            .size();
    };
    // It was over when the middle one had been for as long again: from 100:02 on until 103:03.
    CHECK(reaches_from(106 * an_hour + 4 * an_hour / 60) == 2);
    CHECK(reaches_from(106 * an_hour + 5 * an_hour / 60) == 1);
    found = at_hour(105);
    REQUIRE(found.size() == 1);
    CHECK(found[0].is_shared);
    CHECK_FALSE(found[0].ended_at);
    CHECK(found[0].is_mostly_over);
    for (const std::int64_t now : {109, 200}) {
        found = at_hour(now);
        REQUIRE(found.size() == 2);
        CHECK(found[0].definitions.size() == 4);
        CHECK(found[0].ended_at == 103 * an_hour + 5 * an_hour / 60);
        CHECK(found[1].definitions == std::vector<std::size_t>{3});
        CHECK_FALSE(found[1].is_shared);
        CHECK(found[1].began_at == 100 * an_hour + 3 * an_hour / 60);
        CHECK(found[1].failed == (now == 109 ? 9 : 10));
        CHECK(found[1].ended_at.has_value() == (now == 200));
    }
}

// The first five of ten fail in hour 239, and nothing is known after: the others ran well then.
TEST_CASE("an incident that lasts is of all that ran since it began", "[incidents]") {
    const auto found = incidents::find_incidents(
        ten_days([](std::size_t definition, std::int64_t hour) {
            return hour == 239 && definition <= 5 ? Kind::failed : Kind::good;
        }),
        0.0001);
    REQUIRE(found.size() == 1);
    CHECK(found[0].definitions.size() == 5);
    CHECK(found[0].active == 10);
}

// A run of an hour and a half began before two short ones failed, and ended after them.
TEST_CASE("a run that began before an incident and ends after it is its end", "[incidents]") {
    const std::vector<Moment> moments{{1, Kind::good, 0, an_hour},
                                      {1, Kind::good, 2 * an_hour, 7 * an_hour / 2},
                                      {1, Kind::failed, 5 * an_hour / 2, 5 * an_hour / 2 + 1},
                                      {1, Kind::failed, 3 * an_hour, 3 * an_hour + 1},
                                      {1, Kind::good, 5 * an_hour, 6 * an_hour}};
    const auto found = incidents::find_incidents(moments, 0.0001);
    REQUIRE(found.size() == 1);
    CHECK(found[0].ended_at == 7 * an_hour / 2);
    CHECK(found[0].finished == 2);
}

TEST_CASE("a good run that began before an incident and ends within it says nothing",
          "[incidents]") {
    // Runs of 8, the last of the hour, take a while: that of hour 99 ends after the first failures.
    auto moments = ten_days([](std::size_t definition, std::int64_t hour) {
        return definition <= 4 || definition == 8
                   ? (hour >= 100 && hour < 103 ? Kind::failed : Kind::good)
                   : Kind::good;
    });
    for (auto& moment : moments) {
        if (moment.definition == 8) moment.ended_at += 58 * an_hour / 60;
    }
    const auto found = incidents::find_incidents(moments, 0.0001);
    REQUIRE(found.size() == 1);
    CHECK(found[0].definitions == std::vector<std::size_t>{1, 2, 3, 4, 8});
    CHECK(found[0].failed == 15);
}

TEST_CASE("moments are put in order by their end, then by their place", "[incidents]") {
    const std::vector<Moment> moments{{1, Kind::good, 0, 9},
                                      {1, Kind::good, 1, 1'000'000},
                                      {1, Kind::good, 2, 3},
                                      {2, Kind::good, 0, 9},
                                      {2, Kind::good, 1, 4}};
    CHECK(incidents::places_by_end(moments) == std::vector<std::uint32_t>{2, 4, 0, 3, 1});
    const incidents::MomentsByEnd by_end(moments);
    CHECK(by_end.after(3) == 1);
    CHECK(by_end.after(9) == 4);
    CHECK(by_end.step(3).definition == 2);
}
