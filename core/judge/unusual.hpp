// Whether a run took as long, and moved as many records, as its definition's other runs.
//
// Only successful runs are judged, and only by successful ones: how quickly a run fails says
// nothing about how long it takes. Runs without records are compared with such runs alone.
#pragma once

#include "core/judge/usual.hpp"
#include "core/query/run_history.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::judge {

enum class Unusual : std::uint8_t { slower, faster, more, fewer, empty };
std::string_view name_of(Unusual kind);  // `slower`
constexpr bool is_pace(Unusual kind) {
    return kind == Unusual::slower || kind == Unusual::faster;
}

// Why a run took longer or shorter: for how much of the logarithm of the factor do the records
// account? Two thirds and more: records; a third and less: the time that a record takes.
enum class Cause : std::uint8_t { unknown, records, per_record, both };
std::string_view name_of(Cause cause);  // `records`, `per_record`, `both`; unknown: empty
Cause cause_of(double duration_factor, std::optional<double> operations_factor);

// Whether flawed successes (empty or partial ones) are what a definition always has (flaws.cpp).
struct FlawJudgement {
    bool can_be_judged = false;  // more than ten successes are known
    bool is_unusual = false;
    std::optional<double> usual_share;  // of flawed ones among those before

    bool is_problem() const { return is_unusual || !can_be_judged; }
};

// `flawed` has a 1 for each flawed success, oldest first. Judged are those from `window` on and the
// unbroken row of flawed ones just before it; they are compared with all earlier successes, of
// which there are ten at least. The flaws are usual where every success before was flawed, and
// unusual where none was. Else three groups are looked at: all that are judged, the longest row of
// flawed ones among them, and the row at the end. The flaws are unusual where of any group both
// hold:
// - by the share of flawed ones before, so many flaws come about less often than `chance`
//   (binomial; the share after H. Jeffreys, "Theory of Probability", 1939);
// - no earlier stretch of as many successes had as many flaws, as it has where flaws come in
//   seasons.
// A row at the end that is longer than any before is unusual, too, where flaws followed flaws so
// seldom that it comes about less often than `chance` (a Markov chain; of 20 flaws before and
// more): of the parts of a job one may always be empty.
FlawJudgement judge_flaws(std::span<const std::uint8_t> flawed, std::size_t window, double chance);

struct Judgement {
    std::optional<Comparison> duration;    // where enough runs are known
    std::optional<Comparison> operations;  // the same; of runs with records
    std::optional<Unusual> volume;         // more, fewer or empty
    std::optional<Unusual> pace;   // slower or faster; none where an unusual volume explains it
    Cause cause = Cause::unknown;  // of the pace
    bool has_more_failed = false;  // a greater share of its records than partial runs usually have
    std::optional<FlawJudgement> empty{};  // of runs without records, where a window is judged

    const Comparison& of(Unusual kind) const { return is_pace(kind) ? *duration : *operations; }
};

// Learns from the runs of one definition, in (created_at, id) order, which must outlive it.
class RunJudge {
  public:
    RunJudge(std::span<const query::Run> runs, const time::Zone& zone, Budget budget);

    Judgement judge(std::size_t place);

    // Durations of those with records or, where most have none, of those; and records, of those
    // that have any.
    const UsualValues& durations() const { return m_values[is_mostly_empty() ? 1 : 0]; }
    const UsualValues& operations() const { return m_values[2]; }

  private:
    bool has_far_more_failed(std::size_t place) const;
    bool is_mostly_empty() const { return m_values[1].size() > m_values[0].size(); }

    // Learns when it is first asked: often none of the runs that are judged has such a value.
    bool know(std::size_t values);

    struct Place {
        std::size_t values, place;  // in m_values, and among them
    };
    Budget m_budget;
    std::vector<std::optional<Place>> m_durations, m_operations, m_failed;  // of each run
    // Durations with records and without, operations, failed ones of a million.
    UsualValues m_values[4]{UsualValues(1e6), UsualValues(1e6), UsualValues(), UsualValues()};
    std::optional<bool>
        m_known[4];  // whether there are enough to learn from; none: not yet learned
    std::int64_t m_most_failed = 0;  // of a million; where that is known
};

// As a person would say it (unusual_text.cpp).

// `3.3x`, `12x`, `0.14x`.
std::string factor_text(double factor);
// `slower per record`, `more records` (or, where the pace is quicker, the opposite), `more records
// and slower per record`; unknown: empty.
std::string cause_text(Cause cause, bool longer);

// `took 1h 12m, usually 22m (3.3x), same records: slower per record`
std::string pace_text(const Judgement& judgement);
// `88 records, usually 612 on Mondays (0.14x)`; of an empty run `no records, usually 612`.
std::string volume_text(const Judgement& judgement, std::optional<std::int64_t> usual_operations);

}  // namespace jobtally::judge
