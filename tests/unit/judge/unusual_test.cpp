// Judging single runs by those before them.
#include "core/judge/unusual.hpp"

#include "core/judge/findings.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_runs.hpp"

namespace {

using namespace jobtally;
using judge::Cause;
using judge::Unusual;
using query_test::Noise;
using query_test::Runs;

judge::Judgement judged(Runs& runs) {
    return judge::RunJudge(runs.all(), {}, {}).judge(runs.last());
}

judge::Findings found(Runs& runs) {
    return judge::find_unusual(1, runs.all(), {});
}

}  // namespace

TEST_CASE("a slow run is told apart from a run with more records", "[judge]") {
    Runs slow;
    auto judgement = judged(slow.usual(20, 60, 1000).add(200, 1010));
    CHECK(judgement.pace == Unusual::slower);
    CHECK_FALSE(judgement.volume.has_value());
    CHECK(judgement.cause == Cause::per_record);
    CHECK(judgement.duration->usual == 60'000'000);
    CHECK(judgement.duration->runs == 20);
    CHECK(judgement.duration->factor() == Approx(200.0 / 60));
    CHECK(judge::pace_text(judgement) ==
          "took 3m 20s, usually 1m 00s (3.3x), same records: slower per record");

    Runs larger;  // said once: as a volume
    judgement = judged(larger.usual(20, 60, 1000).add(200, 3300));
    CHECK(judgement.volume == Unusual::more);
    CHECK_FALSE(judgement.pace.has_value());
    CHECK(judge::volume_text(judgement, {}) == "3,300 records, usually 1,000 (3.3x)");

    Runs few_more;  // the volume alone is within its bounds
    judgement = judged(few_more.usual(20, 60, 4).add(110, 8));
    CHECK(judgement.pace == Unusual::slower);
    CHECK(judgement.cause == Cause::records);
    CHECK(judge::pace_text(judgement) ==
          "took 1m 50s, usually 1m 00s (1.8x), 2.0x the records: more records");

    Runs both;
    judgement = judged(both.usual(20, 60, 1000).add(200, 1800));
    CHECK(judgement.cause == Cause::both);
    CHECK(judge::pace_text(judgement) ==
          "took 3m 20s, usually 1m 00s (3.3x), 1.8x the records: more records and slower per "
          "record");

    Runs unknown;
    judgement = judged(unknown.usual(20, 60, store::unknown_value).add(200, store::unknown_value));
    CHECK(judgement.pace == Unusual::slower);
    CHECK(judge::pace_text(judgement) == "took 3m 20s, usually 1m 00s (3.3x)");
}

TEST_CASE("too fast and too few are unusual as well", "[judge]") {
    Runs fast;
    auto judgement = judged(fast.usual(20, 60, 1000).add(20, 1000));
    CHECK(judgement.pace == Unusual::faster);
    CHECK(judge::pace_text(judgement) ==
          "took 20 s, usually 1m 00s (0.33x), same records: quicker per record");
    Runs few;
    judgement = judged(few.usual(20, 60, 1000).add(12, 150));
    CHECK(judgement.volume == Unusual::fewer);
    CHECK_FALSE(judgement.pace.has_value());  // for that reason only
    CHECK(judge::volume_text(judgement, {}) == "150 records, usually 1,000 (0.15x)");
}

TEST_CASE("ten successes make a usual, failures do not", "[judge]") {
    Runs few;
    auto judgement = judged(few.fail(30).usual(9, 60, 1000).add(600, 9000));
    CHECK_FALSE(judgement.duration.has_value());
    CHECK_FALSE(judgement.operations.has_value());
    Runs enough;
    judgement = judged(enough.fail(30).usual(10, 60, 1000).add(600, 9000));
    CHECK(judgement.duration->runs == 10);
    CHECK(judgement.volume == Unusual::more);
    Runs failed;  // is in another section already
    judgement = judged(failed.usual(20, 60, 1000).fail());
    CHECK_FALSE(judgement.duration.has_value());
}

TEST_CASE("small differences are none", "[judge]") {
    Runs second;  // is not much of a second
    CHECK_FALSE(judged(second.usual(20, 1, 100).add(3, 100)).pace.has_value());
    Runs ratio;
    CHECK_FALSE(judged(ratio.usual(20, 600, 100).add(890, 100)).pace.has_value());
    Runs at_ratio;
    CHECK(judged(at_ratio.usual(20, 600, 100).add(901, 100)).pace == Unusual::slower);
    Runs records;  // by chance: four times the square root of ten above it
    CHECK_FALSE(judged(records.usual(20, 6, 10).add(6, 22)).volume.has_value());
    Runs more;
    CHECK(judged(more.usual(20, 6, 1000).add(6, 1600)).volume == Unusual::more);
}

TEST_CASE("old runs make the season, and only young ones the level", "[judge]") {
    Runs faster;  // the last hundred days
    const auto judgement = judged(faster.usual(100, 600, 1000).usual(100, 60, 1000).add(60, 1000));
    CHECK(judgement.duration->usual == 60'000'000);
    CHECK_FALSE(judgement.pace.has_value());
}

TEST_CASE("what comes round now and then is usual", "[judge]") {
    Runs runs;
    for (int i = 0; i < 30; ++i) runs.usual(6, 60, 1000).add(300, 5000);  // a full load a week
    const auto findings = found(runs);
    // The first ones can't be known for what they are.
    for (const auto& unusual : findings.unusual) CHECK(unusual.count <= 2);
    CHECK_FALSE(judged(runs).volume.has_value());
}

TEST_CASE("what comes each week is usual for a job that runs often, too", "[judge]") {
    constexpr int week = 7 * 24;
    for (const int apart : {week, week + 24}) {
        Runs runs(query_test::hour);
        for (int i = 0; i <= 3 * apart; ++i)
            runs.add(i > 0 && i % apart == 0 ? 360 : 60 + i % 3, 500);
        CHECK(judged(runs).pace.has_value() == (apart != week));
    }
    Runs twice(query_test::hour);  // with the week before it there are three
    for (int i = 0; i <= 4 * week; ++i)
        twice.add(i == 3 * week || i == 4 * week ? 360 : 60 + i % 3, 500);
    CHECK(judged(twice).pace.has_value());
}

TEST_CASE("great loads now and then hide no small one", "[judge]") {
    for (const double share : {0.1, 0.5, 3.0}) {
        Noise noise(5);
        Runs runs;
        for (int i = 0; i < 200; ++i) {
            const double full = i % 30 == 10 ? 10 : 1;
            runs.add(60, std::llround(noise.log_normal(10'000 * full, 0.03)));
        }
        const auto volume = judged(runs.add(60, std::llround(10'000 * share))).volume;
        CHECK(volume == (share < 1 ? std::optional(Unusual::fewer) : std::nullopt));
    }
}

TEST_CASE("a run is compared with those of its weekday or hour where that matters", "[judge]") {
    Runs weekly;  // begins on a Monday
    for (int i = 0; i < 14; ++i) weekly.add(600 + i % 3, 5000).usual(6, 60, 500);
    const auto monday = judged(weekly.add(60, 500));
    CHECK(monday.duration->season == judge::Season::weekday);
    CHECK(monday.duration->runs == 14);
    CHECK(monday.volume == Unusual::fewer);
    CHECK(judge::volume_text(monday, {}) == "500 records, usually 5,000 on Mondays (0.10x)");
    CHECK_FALSE(judged(weekly.add(61, 500)).volume.has_value());  // Tuesday

    Runs hourly(query_test::hour);
    for (int i = 0; i < 12; ++i) hourly.add(600 + i % 3, 5000).usual(23, 60, 500);
    const auto night = judged(hourly.add(60, 500));
    CHECK(night.duration->season == judge::Season::hour);
    CHECK(night.pace == std::nullopt);  // the volume says it all
    CHECK(night.volume == Unusual::fewer);
    CHECK(judge::RunJudge(hourly.all(), {}, {}).judge(hourly.last() - 24).volume == std::nullopt);
}

TEST_CASE("runs without records are compared with such runs", "[judge]") {
    Runs runs;
    for (int i = 0; i < 12; ++i) runs.usual(2, 600, 5000).add(2, 0);
    CHECK_FALSE(judged(runs).pace.has_value());
    const auto judgement = judged(runs.add(90, 0));
    CHECK(judgement.pace == Unusual::slower);
    CHECK(judgement.duration->usual == 2'000'000);
}

TEST_CASE("factors are spelled by their size", "[judge]") {
    CHECK(judge::factor_text(3.25) == "3.2x");
    CHECK(judge::factor_text(12.4) == "12x");
    CHECK(judge::factor_text(0.144) == "0.14x");
    CHECK(judge::factor_text(0.0012) == "0.001x");
    CHECK(judge::factor_text(2.5e7) == "2.5e+07x");
}

TEST_CASE("chance alone is rarely called unusual", "[judge]") {
    // 10,000 runs of 100 definitions, log-normal, no change; then the same with 3x slow ones.
    std::int64_t judged_runs = 0, alarms = 0, planted = 0, recalled = 0;
    for (std::uint64_t definition = 0; definition < 100; ++definition) {
        Noise noise(definition);
        Runs runs(query_test::hour);
        for (int i = 0; i < 130; ++i) {
            runs.add(noise.log_normal(120, 0.15), std::llround(noise.log_normal(2000, 0.3)));
        }
        auto changed = runs.all();
        for (std::size_t i = 30; i < changed.size(); i += 100) {
            changed[i].updated_at += 2 * (changed[i].updated_at - changed[i].created_at);
        }
        judge::RunJudge plain(runs.all(), {}, {});
        judge::RunJudge with_slow(changed, {}, {});
        for (std::size_t i = 30; i < changed.size(); ++i) {
            const auto judgement = plain.judge(i);
            ++judged_runs;
            alarms += judgement.pace || judgement.volume ? 1 : 0;
            if ((i - 30) % 100 != 0) continue;
            ++planted;
            recalled += with_slow.judge(i).pace == Unusual::slower ? 1 : 0;
        }
    }
    WARN("false alarms: " << alarms << " of " << judged_runs << " runs; found " << recalled
                          << " of " << planted << " planted 3x slow runs");
    CHECK(judged_runs == 10'000);
    CHECK(alarms < 50);
    CHECK(recalled * 10 > planted * 7);
}
