// Levels that move, flaws, and streaks that end.
#include "core/judge/findings.hpp"

#include "core/judge/streaks.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/query/made_runs.hpp"

namespace {

using namespace jobtally;
using judge::Unusual;
using query_test::Noise;
using query_test::Runs;

judge::Findings found_in(Runs& runs) {
    return judge::find_unusual(1, runs.all(), {});
}

std::optional<judge::Shift> shift(Runs& runs, Unusual kind) {
    for (const auto& each : found_in(runs).shifts) {
        if (each.kind == kind) return each;
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("several slow runs in a row are a slower definition", "[judge]") {
    Runs runs;
    const auto found = shift(runs.usual(30, 60, 1000).usual(6, 90, 1000), Unusual::slower);
    REQUIRE(found);
    CHECK(found->since == runs.all()[30].created_at);
    CHECK(found->runs == 6);
    CHECK(found->last == 36);
    CHECK(found->durations->usual == 60'000'000);
    CHECK(found->durations->now == 90'000'000);
    CHECK(found->factor() == Approx(1.5));
    CHECK(found->cause == judge::Cause::per_record);

    Runs more;
    more.usual(30, 60, 1000).usual(6, 90, 1500);
    const auto slower = shift(more, Unusual::slower);
    REQUIRE(slower);
    CHECK(slower->cause == judge::Cause::records);
    CHECK(slower->operations->usual == 1000);
    CHECK(slower->operations->now == 1500);
    CHECK(shift(more, Unusual::more)->factor() == Approx(1.5));

    Runs less;
    less.usual(30, 60, 1000).usual(8, 40, 500);
    CHECK(shift(less, Unusual::faster)->durations->now == 40'000'000);
    CHECK(shift(less, Unusual::fewer)->operations->now == 500);
}

TEST_CASE("one blip, few runs and little change are no slower definition", "[judge]") {
    Runs blip;
    CHECK_FALSE(shift(blip.usual(30, 60, 1000).add(600, 1000), Unusual::slower));
    Runs few;
    CHECK_FALSE(shift(few.usual(30, 60, 1000).usual(2, 90, 1000), Unusual::slower));
    Runs over;  // it was slower and is not any more
    over.usual(40, 60, 1000).usual(12, 120, 1000).usual(3, 60, 1000);
    CHECK_FALSE(shift(over, Unusual::slower));
    Runs ratio;
    CHECK_FALSE(shift(ratio.usual(30, 600, 1000).usual(6, 670, 1000), Unusual::slower));
    Runs young;
    CHECK_FALSE(shift(young.usual(8, 60, 1000).usual(6, 120, 1000), Unusual::slower));
}

TEST_CASE("what has been slower for long is usual", "[judge]") {
    Runs news;
    CHECK(shift(news.usual(30, 60, 1000).usual(21, 90, 1000), Unusual::slower));
    Runs old;
    CHECK_FALSE(shift(old.usual(50, 60, 1000).usual(50, 90, 1000), Unusual::slower));
}

TEST_CASE("little by little is a drift", "[judge]") {
    Runs runs;
    Noise noise(3);
    for (int i = 0; i < 40; ++i) runs.add(noise.log_normal(600, 0.05), 1000);
    for (int i = 0; i < 40; ++i) runs.add(noise.log_normal(600 * std::exp(.01 * i), 0.05), 1000);
    const auto found = shift(runs, Unusual::slower);
    REQUIRE(found);
    CHECK(found->a_day == Approx(0.01).epsilon(0.2));
    CHECK(found->cause == judge::Cause::per_record);
    Runs growing;  // 2 % a month
    for (int i = 0; i < 120; ++i) {
        growing.add(noise.log_normal(600 * std::exp(.02 / 30 * i), 0.05), 1000);
    }
    CHECK_FALSE(shift(growing, Unusual::slower));
}

namespace {

// Of the history as it was at each run from `from` on, the history being cut like those that are
// read from the store.
template <class Take>
void at_each_run(const Runs& runs, std::size_t from, std::size_t step, Take take) {
    for (std::size_t end = from; end <= runs.all().size(); end += step) {
        const std::size_t count = std::min<std::size_t>(end, judge::history_reach.runs);
        take(end, judge::find_unusual(1, std::span(runs.all()).subspan(end - count, count), {}));
    }
}

}  // namespace

TEST_CASE("a step is told once and makes no season", "[judge]") {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        Noise noise(seed);
        Runs runs(4 * query_test::hour);
        for (int i = 0; i < 600; ++i) runs.add(noise.log_normal(100, 0.05), 1000);
        for (int i = 0; i < 600; ++i) runs.add(noise.log_normal(50, 0.05), 1000);
        std::size_t told = 0, later = 0;
        at_each_run(runs, 612, 12, [&](std::size_t end, const judge::Findings& found) {
            for (const auto& each : found.shifts) {
                CHECK(each.kind == Unusual::faster);
                CHECK(each.durations->now == Approx(50e6).epsilon(0.1));
                CHECK(each.durations->usual == Approx(100e6).epsilon(0.1));
                ++(end <= 600 + 21 * 6 + 6 ? told : later);
            }
        });
        CHECK(told >= 9);
        CHECK(later == 0);
    }
}

TEST_CASE("what was so for a short time is neither a season nor usual", "[judge]") {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        Noise noise(seed);
        Runs day(query_test::hour / 4);  // the tenth of thirty
        for (int i = 0; i < 30 * 96; ++i)
            day.add(noise.log_normal(i / 96 == 9 ? 180 : 45, 0.05), 1000);
        at_each_run(day, 10 * 96 + 24, 24,
                    [](std::size_t, const judge::Findings& found) { CHECK(found.shifts.empty()); });
        Runs ten_days(query_test::hour);  // the twentieth and nine more of sixty
        for (int i = 0; i < 60 * 24; ++i) {
            const bool is_slow = i / 24 >= 20 && i / 24 < 30;
            ten_days.add(noise.log_normal(is_slow ? 200 : 100, 0.05), 1000);
        }
        at_each_run(ten_days, 30 * 24 + 24, 24,
                    [](std::size_t, const judge::Findings& found) { CHECK(found.shifts.empty()); });
    }
}

TEST_CASE("busy hours and weekends are not slower", "[judge]") {
    Runs weekends(query_test::hour);  // from a Monday on to the end of a Sunday
    for (int i = 0; i < 3; ++i) weekends.usual(5 * 24, 60, 1000).usual(2 * 24, 240, 1000);
    CHECK_FALSE(shift(weekends, Unusual::slower));
    Runs mornings(query_test::hour);  // from three o'clock
    for (int i = 0; i < 12; ++i) mornings.usual(16, 60, 1000).usual(8, 240, 1000);
    CHECK_FALSE(shift(mornings, Unusual::slower));
}

TEST_CASE("runs as slow as the definition has become are not named again", "[judge]") {
    Runs runs;
    runs.usual(30, 60, 1000).usual(6, 120, 1000);
    auto findings = found_in(runs);
    CHECK(findings.shifts.size() == 1);
    CHECK(findings.unusual.empty());
    runs.add(400, 1000);
    findings = found_in(runs);
    CHECK(findings.shifts.size() == 1);
    REQUIRE(findings.unusual.size() == 1);
    CHECK(findings.unusual[0].worst.sequence == 37);
}

TEST_CASE("several odd runs of one window do not hide each other", "[judge]") {
    Noise noise(7);
    Runs runs(query_test::hour);
    for (int i = 0; i < 168; ++i) {
        const bool is_odd = i >= 150 && i < 158;
        runs.add(noise.log_normal(is_odd ? 600 : 30, 0.05), is_odd ? 50 : 1000);
    }
    for (std::size_t i = 0; i < 144; ++i) runs.all()[i].in_window = false;
    const auto findings = found_in(runs);
    REQUIRE(findings.unusual.size() == 2);
    CHECK(findings.unusual[0].kind == Unusual::fewer);
    CHECK(findings.unusual[0].count >= 5);
    CHECK(findings.unusual[1].kind == Unusual::slower);
    CHECK(findings.unusual[1].count >= 5);
}

TEST_CASE("some odd runs in a row are not usual ever after", "[judge]") {
    Noise noise(3);
    Runs runs(6 * query_test::hour);
    for (int i = 0; i < 300; ++i) {
        const bool is_odd = i >= 200 && i < 206;
        runs.add(30, std::llround(noise.log_normal(is_odd || i == 297 ? 100 : 2000, 0.03)));
    }
    for (std::size_t i = 0; i < 296; ++i) runs.all()[i].in_window = false;
    const auto findings = found_in(runs);
    REQUIRE(findings.unusual.size() == 1);
    CHECK(findings.unusual[0].kind == Unusual::fewer);
    CHECK(findings.unusual[0].worst.sequence == 298);
}

TEST_CASE("findings keep the worst run of a kind", "[judge]") {
    Runs runs(query_test::hour);
    runs.usual(100, 60, 1000).add(200, 1000).add(260, 1000).usual(5, 60, 1000).add(60, 100);
    const auto findings = found_in(runs);
    REQUIRE(findings.unusual.size() == 2);
    CHECK(findings.unusual[0].kind == Unusual::slower);
    CHECK(findings.unusual[0].count == 2);
    CHECK(findings.unusual[0].worst.sequence == 102);
    CHECK(findings.unusual[1].kind == Unusual::fewer);
    CHECK(findings.shifts.empty());
    for (auto& run : runs.all()) run.in_window = false;
    CHECK(found_in(runs).unusual.empty());
}

TEST_CASE("an empty success is unusual where there used to be records", "[judge]") {
    Runs runs;
    runs.usual(16, 6, 100).fail().add(2, 0).fail().add(2, 0);
    for (std::size_t i = 0; i < runs.last(); ++i) runs.all()[i].in_window = false;
    auto empty = found_in(runs).empty;
    CHECK(empty.count == 1);
    CHECK(empty.judgement.is_unusual);  // a row of two, failures passed over
    CHECK(*empty.judgement.usual_share == Approx(1.0 / 17));
    CHECK(empty.usual_operations == 100);
    Runs often;
    for (int i = 0; i < 10; ++i) often.usual(3, 6, 100).add(2, 0);
    empty = found_in(often).empty;
    CHECK(empty.count == 10);
    for (std::size_t i = 0; i < often.last(); ++i) often.all()[i].in_window = false;
    CHECK_FALSE(found_in(often).empty.judgement.is_problem());
    CHECK(judge::find_unusual(0, often.all(), {}).empty.judgement.is_problem());
}

TEST_CASE("an empty success that came late is judged amid the runs of others' windows", "[judge]") {
    Runs runs(query_test::hour);
    runs.usual(100, 6, 100).add(6, 0).usual(24, 6, 100);
    for (auto& run : runs.all()) run.in_window = run.operations == 0;
    const auto& judgement = found_in(runs).empty.judgement;
    CHECK(judgement.is_unusual);
    CHECK(judgement.usual_share == 0);
}

TEST_CASE("partial runs are usual where records always fail", "[judge]") {
    const auto problem = [](std::int64_t usually, std::int64_t last, int runs_before) {
        Runs runs;
        runs.usual(runs_before, 60, 1000).add(60, 1000);
        for (auto& run : runs.all()) run.failed = usually;
        for (auto& run : runs.all()) run.in_window = false;
        runs.all().back().failed = last;
        runs.all().back().in_window = true;
        const auto partial = found_in(runs).partial;
        return partial.count > 0 ? std::optional(partial.judgement.is_problem()) : std::nullopt;
    };
    CHECK(problem(0, 1, 30) == true);
    CHECK(problem(5, 6, 30) == false);
    CHECK(problem(5, 100, 30) == true);
    CHECK(problem(5, 5, 5) == true);  // nobody can tell
    CHECK_FALSE(problem(5, 0, 30));
}

TEST_CASE("a success of which every record failed is unusual where few usually do", "[judge]") {
    Runs runs;
    runs.usual(40, 60, 1000).add(60, 1000);
    const std::int64_t usually[] = {0, 1, 40, 12, 3, 50, 0, 27, 8, 33};
    for (std::size_t i = 0; i < runs.all().size(); ++i) {
        runs.all()[i].failed = usually[i % 10];
        runs.all()[i].in_window = false;
    }
    runs.all().back().in_window = true;
    const auto is_problem = [&](std::int64_t failed) {
        runs.all().back().failed = failed;
        return found_in(runs).partial.judgement.is_problem();
    };
    CHECK(is_problem(1000));
    CHECK(is_problem(600));
    CHECK_FALSE(is_problem(60));
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
    for (std::size_t i = 0; i < 8; ++i) runs.all()[i].is_news = false;
    CHECK(judge::longest_recovery(runs.all())->streak.length == 1);
    runs.all().back().is_news = false;
    CHECK(judge::longest_recovery(runs.all())->streak.length == 1);  // for its failure is news
    runs.all()[8].is_news = false;
    CHECK_FALSE(judge::longest_recovery(runs.all()));
    for (auto& run : runs.all()) run.is_news = true;
    CHECK_FALSE(judge::longest_recovery(runs.fail().all()));
    CHECK(judge::current_streak(runs.all())->length == 1);
    CHECK_FALSE(judge::longest_recovery({}));
    CHECK_FALSE(judge::current_streak({}));
}
