// Whether a run took as long, and moved as many records, as its definition's runs before it did.
//
// Only successful runs are judged, and only by successful ones: how quickly a run fails says
// nothing about how long it takes. Runs without records are compared with such runs alone.
#pragma once

#include "core/judge/past_values.hpp"
#include "core/query/run_history.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace jobtally::judge {

enum class Unusual : std::uint8_t { slower, faster, more, fewer, empty };
std::string_view name_of(Unusual kind);  // `slower`
std::string_view name_of(Peers peers);   // `all`, `same_hour`, `same_weekday`

// Why a run took longer or shorter: for how much of the logarithm of the factor do the records
// account? Two thirds and more: records; a third and less: the time that a record takes.
enum class Cause : std::uint8_t { unknown, records, per_record, both };
std::string_view name_of(Cause cause);  // `records`, `per_record`, `both`; unknown: empty
Cause cause_of(double duration_factor, std::optional<double> operations_factor);

// A value compared with those before it. Durations are microseconds.
struct Comparison {
    std::int64_t value = 0;
    std::int64_t usual = 0;  // the median of those it was compared with
    std::int64_t runs = 0;   // how many those are
    Peers peers = Peers::all;
    std::optional<double> distance;  // robust_distance(); none where it does not matter and was
                                     // not asked for
    int direction = 0;               // 1: unusually great, -1: unusually small

    double factor() const;  // value / usual, where both are taken to be at least 1
};

// A value is unusual where all of these hold: the factor (or one divided by it) and the difference
// reach the floors, the robust distance is far off, and at most one of the values before it, or one
// in fifty of them, was as far off. So what comes round now and then, such as a full load each
// month, is not unusual.
struct Floors {
    double factor;
    std::int64_t difference;
};
inline constexpr Floors duration_floors{1.5, 10'000'000};
inline constexpr Floors operations_floors{2.0, 20};

// `in_full` works out the distance of usual values too.
Comparison compare_with(PastValues::Comparable before, std::int64_t value, Floors floors,
                        bool in_full);

// A success without records.
struct EmptyRun {
    std::int64_t runs = 0;      // successes before the empty ones in a row
    std::int64_t empty = 0;     // how many of them had no records
    std::int64_t in_a_row = 1;  // successes without records in a row, this one included

    std::int64_t before() const { return runs + in_a_row - 1; }
    bool can_be_judged() const { return before() >= static_cast<std::int64_t>(enough_runs); }
    // True where fewer than two of the runs before were empty, or less than one in twenty; or where
    // so many in a row come about by chance less than once in a thousand times.
    bool is_unusual() const;
};

struct Judgement {
    std::optional<Comparison> duration;    // where enough runs are known
    std::optional<Comparison> operations;  // the same; of runs with records
    std::optional<double> micros_per_record;
    std::optional<double> usual_micros_per_record;
    std::optional<EmptyRun> empty;  // of runs without records
    std::optional<Unusual> volume;  // more, fewer or empty
    std::optional<Unusual> pace;    // slower or faster; none where an unusual volume explains it
    Cause cause = Cause::unknown;   // of the pace
};

// How far back a run is compared.
inline constexpr query::RunHistory::Reach history_reach{400, 100LL * 24 * 3600 * 1'000'000};

// Goes along the runs of one definition, which are in (created_at, id) order.
class RunJudge {
  public:
    RunJudge(std::span<const query::Run> runs, const time::Zone& zone)
        : m_runs(runs), m_zone(zone) {}

    // The run at `place`, judged by those before it; places must not descend. `in_full` works out
    // distances and times per record for usual runs too.
    Judgement judge(std::size_t place, bool in_full = false);
    // The median number of records of the successes before the place last judged, those without
    // records included.
    std::optional<std::int64_t> usual_operations_with_empty();

  private:
    void move_to(std::size_t place);
    void take(const query::Run& run, bool comes);
    PastValues& durations_like(const query::Run& run);
    EmptyRun empty_run(std::size_t place) const;
    void put_pace(Judgement& judgement, const query::Run& run) const;
    std::optional<double> usual_micros_per_record() const;

    std::span<const query::Run> m_runs;
    time::Zone m_zone;
    std::size_t m_begin = 0;  // the runs [m_begin, m_end) are what the next one is compared with
    std::size_t m_end = 0;
    PastValues m_durations;
    PastValues m_durations_of_empty;
    PastValues m_operations;  // of runs with records
};

// As a person would say it (unusual_text.cpp).

// `3.3x`, `12x`, `0.14x`.
std::string factor_text(double factor);
// `slower per record`, `more records` (or, where the pace is quicker, the opposite), `more records
// and slower per record`; unknown: empty.
std::string cause_text(Cause cause, bool longer);

// `took 1h 12m, usually 22m (3.3x), same records: slower per record`
std::string pace_text(const Judgement& judgement);
// `88 records, usually 612 (0.14x)`; of an empty run `no records, usually 612`.
std::string volume_text(const Judgement& judgement, std::optional<std::int64_t> usual_operations);

}  // namespace jobtally::judge
