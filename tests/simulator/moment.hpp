// Moments at which a definition is judged, what is true then, and what an oracle could say.
#pragma once

#include "core/query/run_history.hpp"
#include "tests/simulator/fleet.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace jobtally::simulator {

inline constexpr std::size_t settled_runs = 10;    // with fewer a rhythm may be unknown
inline constexpr Micros unsettled_for = 28 * day;  // after a change of the schedule

struct Moment {
    Micros from = INT64_MIN;     // the runs before are unknown
    Micros died_at = INT64_MAX;  // no report came after
    Micros now = 0;
};

// Unclear: within the grace after the normal lag, or the listener was down.
enum class Truth : std::uint8_t { quiet, overdue, unclear };

// The reports that have come and were not lost, as runs by created_at.
std::vector<query::Run> known_at(const Definition& definition, const Moment& moment);
// A planned report is overdue: its normal lag and a twentieth of the distance to the next slot are
// over, and no report of it or of a later one has come.
Truth truth_at(const Fleet& fleet, const Definition& definition, const Moment& moment);

// Two runs in a row and whether a slot between them had none; unclear where a report was lost.
struct Neighbours {
    Micros from, to;
    Truth gap;
};
std::vector<Neighbours> neighbours_at(const Definition& definition, const Moment& moment);

// Knows the plan, its normal lag, and of a change as soon as two runs have followed it; of the
// reports it sees no more than the program. So it shows what can be reached.
class Oracle {
  public:
    Oracle(const Fleet& fleet, const Definition& definition)
        : m_fleet(fleet), m_definition(definition) {}
    bool says_overdue(const std::vector<query::Run>& known, Micros now) const;
    // Between the runs `from` and `to`.
    bool says_gap(Micros from, Micros to) const;

  private:
    const Fleet& m_fleet;
    const Definition& m_definition;
};

// Draws moments of one definition; none where chance found no such moment.
class Moments {
  public:
    Moments(const Fleet& fleet, const Definition& definition, Random& random);

    // With settled_runs or more, away from changes, and before the job counts as ended.
    std::optional<Moment> quiet();    // at any time, or soon after a slot
    std::optional<Moment> overdue();  // soon after a slot without a run, or after the job died
    // The same with 5 to 9 slots that ran.
    std::optional<Moment> quiet_early();
    std::optional<Moment> overdue_early();
    std::optional<Moment> quiet_after_change();  // within unsettled_for
    std::optional<Moment> long_retired();
    std::optional<Moment> any(std::size_t least, std::size_t most);  // with so many runs

  private:
    Micros anywhere(Micros from, Micros to) { return between(m_random, from, to); }
    bool is_unsettled(Micros at) const;
    bool is_ended(const Moment& moment) const;
    Micros soon_after_slot(Micros from, Micros to);
    std::optional<Moment> death(std::size_t last);
    std::optional<Moment> skipped_slot();
    std::optional<std::pair<std::size_t, std::size_t>> early_slots();

    const Fleet& m_fleet;
    const Definition& m_definition;
    Random& m_random;
    Micros m_settled_at = INT64_MAX;  // settled_runs have come
};

}  // namespace jobtally::simulator
