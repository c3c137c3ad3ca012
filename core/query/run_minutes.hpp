// The minutes in which runs began: all that is kept of many runs where their hours are asked for.
#pragma once

#include "core/query/run_history.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::query {

// The middles of the minutes in which runs began, in microseconds, ascending as the runs are.
std::vector<std::int64_t> minutes_of(std::span<const Run> runs);

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

  private:
    void add(std::size_t definition, std::int64_t created_at);

    std::int64_t m_first;                             // minutes since 1970
    std::vector<std::vector<std::uint64_t>> m_found;  // by definition
};

}  // namespace jobtally::query
