// Lasting change of pace, and streaks that end.
#include "core/judge/slower.hpp"

#include "core/judge/findings.hpp"
#include "core/judge/streaks.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_runs.hpp"

namespace {

using namespace jobtally;
using query_test::Noise;
using query_test::Runs;

std::optional<judge::Slower> slower(Runs& runs) {
    return judge::find_slower(runs.all(), {});
}

}  // namespace

TEST_CASE("several slow runs in a row are a slower definition", "[judge]") {
    Runs runs;
    const auto found = slower(runs.usual(30, 60, 1000).usual(6, 90, 1000));
    REQUIRE(found);
    CHECK(found->since == runs.all()[30].created_at);
    CHECK(found->runs == 6);
    CHECK(found->last == 36);
    CHECK(found->usual == 60'000'000);
    CHECK(found->now == 90'000'000);
    CHECK(found->factor() == Approx(1.5));
    CHECK(found->cause == judge::Cause::per_record);
    // 30 before, 6 since, all of them slower: U = 180, mean 90. Three lengths are shared by 10
    // runs each and three by 2: variance 30 * 6 / 12 * (37 - 2988 / (36 * 35)).
    CHECK(found->z == Approx(90 / std::sqrt(519.4286)));

    Runs more;
    const auto volume = slower(more.usual(30, 60, 1000).usual(6, 90, 1500));
    REQUIRE(volume);
    CHECK(volume->cause == judge::Cause::records);
    CHECK(*volume->usual_operations == 1000);
    CHECK(*volume->now_operations == 1500);
}

TEST_CASE("one blip, few runs and little change are no slower definition", "[judge]") {
    Runs blip;
    CHECK_FALSE(slower(blip.usual(30, 60, 1000).add(600, 1000)));
    Runs few;
    CHECK_FALSE(slower(few.usual(30, 60, 1000).usual(4, 90, 1000)));
    Runs over;  // it was slower and is not any more
    CHECK_FALSE(slower(over.usual(40, 60, 1000).usual(12, 120, 1000).usual(3, 60, 1000)));
    Runs ratio;
    CHECK_FALSE(slower(ratio.usual(30, 600, 1000).usual(6, 740, 1000)));
    Runs seconds;
    CHECK_FALSE(slower(seconds.usual(30, 6, 1000).usual(6, 10.9, 1000)));
    Runs young;
    CHECK_FALSE(slower(young.usual(9, 60, 1000).usual(6, 120, 1000)));
    Runs faster;
    CHECK_FALSE(slower(faster.usual(30, 60, 1000).usual(6, 30, 1000)));
}

TEST_CASE("what has been slower for long is usual", "[judge]") {
    Runs news;
    CHECK(slower(news.usual(30, 60, 1000).usual(21, 90, 1000)));
    Runs old;
    CHECK_FALSE(slower(old.usual(30, 60, 1000).usual(24, 90, 1000)));
}

TEST_CASE("busy hours and weekends are not slower", "[judge]") {
    Runs weekends(query_test::hour);  // from a Monday on to the end of a Sunday
    for (int i = 0; i < 3; ++i) weekends.usual(5 * 24, 60, 1000).usual(2 * 24, 240, 1000);
    CHECK_FALSE(slower(weekends));
    Runs mornings(query_test::hour);  // from three o'clock
    for (int i = 0; i < 12; ++i) mornings.usual(16, 60, 1000).usual(8, 240, 1000);
    CHECK_FALSE(slower(mornings));
}

TEST_CASE("runs as slow as the definition has become are not named again", "[judge]") {
    Runs runs;
    runs.usual(30, 60, 1000).usual(6, 120, 1000);
    auto findings = judge::find_unusual(1, runs.all(), {});
    CHECK(findings.slower.has_value());
    CHECK(findings.unusual.empty());
    runs.add(300, 1000);
    findings = judge::find_unusual(1, runs.all(), {});
    CHECK(findings.slower.has_value());
    REQUIRE(findings.unusual.size() == 1);
    CHECK(findings.unusual[0].worst.sequence == 37);
}

TEST_CASE("chance alone rarely makes a definition slower", "[judge]") {
    std::int64_t alarms = 0, recalled = 0;
    constexpr int definitions = 500;
    for (std::uint64_t definition = 0; definition < definitions; ++definition) {
        Noise noise(1000 + definition);
        Runs runs;
        for (int i = 0; i < 60; ++i) runs.add(noise.log_normal(120, 0.3), 1000);
        alarms += slower(runs) ? 1 : 0;
        for (int i = 0; i < 7; ++i) runs.add(noise.log_normal(240, 0.3), 1000);
        recalled += slower(runs) ? 1 : 0;
    }
    WARN("slower: " << alarms << " false alarms, " << recalled << " found of " << definitions
                    << " definitions that take twice as long for a week");
    CHECK(alarms <= definitions / 100);
    CHECK(recalled * 10 > definitions * 7);
}

TEST_CASE("a streak ends by a success within the window", "[judge]") {
    Runs runs;
    runs.usual(3, 60, 10).fail(4).add(60, 10).fail().usual(2, 60, 10);
    const auto recovery = judge::longest_recovery(runs.all());
    REQUIRE(recovery);
    CHECK(recovery->streak.length == 4);
    CHECK(recovery->streak.failing_since == runs.all()[3].created_at);
    CHECK(recovery->success == 8);
    CHECK(recovery->micros() == 4 * query_test::day + 60 * query_test::second);
    for (std::size_t i = 0; i < 8; ++i) runs.all()[i].in_window = false;
    CHECK(judge::longest_recovery(runs.all())->streak.length == 1);
    for (auto& run : runs.all()) run.in_window = false;
    CHECK_FALSE(judge::longest_recovery(runs.all()));
    for (auto& run : runs.all()) run.in_window = true;
    CHECK_FALSE(judge::longest_recovery(runs.fail().all()));
    CHECK(judge::current_streak(runs.all())->length == 1);
    CHECK_FALSE(judge::longest_recovery({}));
    CHECK_FALSE(judge::current_streak({}));
}
