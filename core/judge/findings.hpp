// What is unusual about the runs of a window, definition by definition.
#pragma once

#include "core/judge/unusual.hpp"
#include "core/query/run_history.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::judge {

// Runs of one definition that are unusual in one way.
struct UnusualRuns {
    Unusual kind = Unusual::slower;  // never Unusual::empty
    std::int64_t count = 0;
    query::Run worst;  // the one whose factor is furthest from 1
    Judgement judgement;

    const Comparison& comparison() const { return judgement.of(kind); }
};

// A level that is not what it was, by the runs up to the end of the window.
struct Shift {
    Unusual kind = Unusual::slower;  // never Unusual::empty
    std::int64_t since = 0;    // created_at of the first run of the new level, or of the drift
    std::int64_t runs = 0;     // from then on
    store::Sequence last = 0;  // the newest of them
    double z = 0;
    double a_day = 0;                              // slope of the logarithm, of a drift; 0: a step
    std::optional<UsualValues::Levels> durations;  // microseconds
    std::optional<UsualValues::Levels> operations;
    Cause cause = Cause::unknown;

    double factor() const;
};

// The successes of a window that have one flaw.
struct Flaws {
    std::int64_t count = 0;
    std::int64_t failed = 0;  // of the operations of those, where known
    std::int64_t operations = 0;
    query::Run last;          // the newest
    FlawJudgement judgement;  // of the last day that has any
    std::optional<std::int64_t>
        usual_operations;  // the median before the last, empty ones included

    std::optional<double> failure_rate() const;
};

struct Findings {
    std::size_t definition = 0;
    std::int64_t finished = 0;          // runs within the window
    std::vector<Shift> shifts;          // one at most of durations, one of operations
    std::vector<UnusualRuns> unusual;   // one entry for each kind
    std::vector<store::Sequence> slow;  // the unusually slow runs, in their order
    Judgement newest;                   // of the window's last success, in full
    Flaws empty;
    Flaws partial;  // with failed operations
};

// `runs` are in (created_at, id) order. Where the definition has moved to another level, runs since
// then that are like it are not named again. Reports without a definition (0) are of different
// jobs: only their flaws are counted.
Findings find_unusual(std::size_t definition, std::span<const query::Run> runs,
                      const time::Zone& zone, Budget budget = {});

// Of each definition that has runs, ascending; on all processors.
std::vector<Findings> find_all(const query::RunHistory& history, const time::Zone& zone,
                               Budget budget = {});
// The same of what came late: the news that lie outside the window are judged, and nothing else.
// Only definitions that have such runs are there.
std::vector<Findings> find_late(const query::RunHistory& history, const time::Zone& zone,
                                Budget budget = {});

// The median number of records of successes, those without records included.
std::optional<std::int64_t> usual_operations(std::span<const query::Run> runs);

}  // namespace jobtally::judge
