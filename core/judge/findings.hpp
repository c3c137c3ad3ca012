// What is unusual about the runs of a window, definition by definition.
#pragma once

#include "core/judge/slower.hpp"
#include "core/judge/unusual.hpp"
#include "core/query/run_history.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::judge {

// Runs of one definition that are unusual in one way.
struct UnusualRuns {
    Unusual kind = Unusual::slower;  // never Unusual::empty: see EmptyRuns
    std::int64_t count = 0;
    query::Run worst;  // the one whose factor is furthest from 1
    Judgement judgement;

    const Comparison& comparison() const;
};

struct EmptyRuns {
    std::int64_t unusual = 0;                      // the definition used to have records
    std::int64_t unjudged = 0;                     // had too few runs before them
    std::optional<EmptyRun> last;                  // how the newest one was judged
    std::optional<std::int64_t> usual_operations;  // the median of the runs before it
};

struct Findings {
    std::size_t definition = 0;
    std::optional<Slower> slower;
    std::vector<UnusualRuns> unusual;  // one entry for each kind
    EmptyRuns empty;
};

// `runs` are in (created_at, id) order. Where the definition has become slower, runs since then
// that are as slow as it is now are not named again.
Findings find_unusual(std::size_t definition, std::span<const query::Run> runs,
                      const time::Zone& zone);

// One entry for each definition of the history. Reports without a definition are of different jobs,
// so they are not compared.
std::vector<Findings> find_unusual(const query::RunHistory& history, const time::Zone& zone);

}  // namespace jobtally::judge
