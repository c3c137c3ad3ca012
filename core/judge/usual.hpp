// What is usual for one kind of value of a definition: its durations, or its records.
#pragma once

#include "core/judge/level.hpp"
#include "core/judge/season.hpp"
#include "core/judge/statistics.hpp"
#include "core/query/run_history.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace jobtally::judge {

// So many others are needed to judge a run by them.
inline constexpr std::size_t enough_runs = 10;

// How far back a run is compared. The season is learned from all of it, the level from the last
// hundred days, or from the last thirty runs where these are more.
inline constexpr query::RunHistory::Reach history_reach{700, 400LL * 24 * 3600 * 1'000'000};

// What may be said falsely: the expected findings of a definition that does as it always does, in
// one day, in all. Each test has its share; the more often runs come, the less each of them has.
struct Budget {
    double a_day = 0.001;

    // Of durations, and of operations as much again: single runs, and levels. That a job has become
    // slower is what people wait for.
    double of_runs() const { return 0.08 * a_day; }
    Chances of_durations() const { return {0.24 * a_day, 0.12 * a_day}; }
    Chances of_operations() const { return {0.18 * a_day, 0.18 * a_day}; }
    double of_flaws() const { return 0.06 * a_day; }  // of empty runs, and of partial ones as well
    double of_incidents() const { return 0.5 * a_day; }  // those of several definitions, on top
};

// A value compared with the others. Durations are microseconds.
struct Comparison {
    std::int64_t value = 0;
    std::int64_t usual = 0;
    std::int64_t runs = 0;  // how many of the same place in the season it was compared with
    Season season = Season::none;
    ClockPlace place{};
    double distance = 0;  // of the logarithms, in units of their spread
    int direction = 0;    // 1: unusually great, -1: unusually small

    double factor() const;  // value / usual, where both are taken to be at least 1
};

// Values are added in the order of time; then they are learned from, once.
//
// A value is unusual where all of this holds:
// - It is 1.5 times the usual value or more, or its 1.5th part or less.
// - A normal distribution takes its residual so far less often than the budget allows. With n
//   values known the bound is 1 + 4 / n times as wide, because few values know their spread badly.
// - So does a distribution with a tail as long as that of the values on its side (Tail). The newest
//   ones do not count there, four and those that are judged, up to a fifth: they may be of one kind
//   and would hide each other. Of far ones in a row, which have one cause, the farthest counts, as
//   S. Coles, "An Introduction to Statistical Modeling of Extreme Values", Springer 2001, 5.3.2,
//   has it.
// - It has not come in each of the three weeks before, or those that are known, in the same hour of
//   the week: of a job that runs often too few weeks are known for a season.
// The spread is taken to be at least 3 %, one second of a duration, and of counts what chance makes
// of them (Poisson). Usual is also the level of the last ten runs before, and the one that the
// definition has moved to.
class UsualValues {
  public:
    // Values are known no better than by `unit`; counts have none, their spread is at least
    // chance's.
    explicit UsualValues(double unit = 0) : m_unit(unit) {}

    void expect(std::size_t values);  // makes room for so many
    void add(std::int64_t at, ClockPlace place, std::int64_t value, bool is_judged = false);
    std::size_t size() const { return m_values.size(); }
    const std::vector<std::int64_t>& values() const { return m_values; }

    // `chances` are those of a day. False where the values are too few to say anything.
    bool learn(const Chances& chances);

    // The value at a place among them, judged by the others.
    Comparison compare(std::size_t place, double chance);
    const std::optional<Change>& change() const { return m_change; }
    std::int64_t at(std::size_t place) const { return m_at[place]; }

    // Medians of what was usual and of what is now, for the same places in the season; none where
    // there are no values.
    struct Period {
        std::int64_t usual_from, usual_until, now_from;  // times
    };
    struct Levels {
        std::int64_t usual, now;
        double by() const;  // as a logarithm
    };
    std::optional<Levels> levels(const Period& period) const;

  private:
    std::size_t fit_season();
    std::size_t recent(double days, std::size_t least) const;
    double level_of(std::size_t first, std::size_t end) const;
    double level_for(std::size_t place, double residual) const;
    bool comes_each_week(std::size_t place, double off) const;
    const Tail& tail(bool above);

    double m_unit;
    std::vector<std::int64_t> m_values, m_at;
    std::vector<double> m_logarithms;
    std::vector<ClockPlace> m_places;
    std::optional<std::size_t> m_first_judged;

    FittedProfile m_fitted;
    std::vector<double> m_residuals;  // from the profile
    std::size_t m_recent = 0;         // the first value that the level is of
    double m_level = 0, m_now = 0;    // before and since a change
    double m_scale = 0;
    std::vector<double> m_left;      // without their level, but for the newest
    std::optional<Tail> m_tails[2];  // below and above
    std::optional<Change> m_change;
};

}  // namespace jobtally::judge
