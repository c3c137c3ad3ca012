// The minutes in which runs began: all that is kept of many runs where their hours are asked for.
#pragma once

#include "core/query/run_history.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::query {

// A run that takes so long that others come before it ends.
struct LongRun {
    std::int64_t created_at = 0, duration = 0;  // microseconds
    bool operator==(const LongRun&) const = default;
};

// What is kept of many runs: the middles of the minutes in which they began, in microseconds, and
// the long ones, both ascending.
struct Past {
    std::span<const std::int64_t> minutes{};
    std::span<const LongRun> long_runs{};
};

struct PastRuns {
    std::vector<std::int64_t> minutes{};
    std::vector<LongRun> long_runs{};
};

// The middles of the minutes in which runs began, in microseconds, ascending as the runs are.
std::vector<std::int64_t> minutes_of(std::span<const Run> runs);

// How long a run takes at least that is a long one, by the newest runs: longer than the mean
// distance between them, and than twice the usual duration. At least one run.
std::int64_t long_by(std::span<const Run> newest);
std::vector<LongRun> long_runs_of(std::span<const Run> runs, std::int64_t least);

// The minutes of a span, of the definitions that have many runs in it.
class RunMinutes {
  public:
    // Of the selected reports. `newest` is of the same scope, by RunHistory::newest(), and says
    // which definitions have `least` runs or more in the span; those that have fewer have no
    // minutes. Each other takes a bit for a minute.
    RunMinutes(const Scope& scope, const RunHistory& newest, const time::TimeSpan& span,
               std::size_t least);

    // As minutes_of() gives them.
    std::vector<std::int64_t> of(std::size_t definition) const;
    // In the order of time, by what the newest `least` runs tell.
    std::span<const LongRun> long_runs(std::size_t definition) const;

  private:
    struct Kept {
        std::vector<std::uint64_t> minutes;  // a bit for each
        std::vector<LongRun> long_runs;
        std::int64_t long_by = 0;
    };

    void add(Kept& kept, std::int64_t created_at, std::optional<std::int64_t> duration) const;

    std::int64_t m_first;       // minutes since 1970
    std::vector<Kept> m_found;  // by definition
};

}  // namespace jobtally::query
