// Past gaps: stretches in which a definition should have run and did not.
#pragma once

#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::rhythm {

inline constexpr std::size_t runs_of_history = 20'000;

struct Gap {
    std::string id;
    std::optional<std::string> label;
    std::optional<std::string> type;
    time::Instant from;               // created_at of the run before it
    time::Instant due;                // the first of its slots
    std::optional<time::Instant> to;  // of the run after it; none: it goes on
    time::Duration length{0};         // up to now where it goes on
    std::int64_t missed_runs = 0;     // slots without a run
    std::int64_t lost_runs = 0;       // those whose report may be lost: we were down
    time::Duration listener_down{0};  // within it
    std::int64_t runs = 0;            // of the definition, as many as were looked at
    bool is_over = false;             // it goes on, and nobody waits for a run any more
};

struct GapsAnswer {
    table::Window window;
    std::vector<Gap> gaps;  // by their beginning, then name
};

// The gaps that reach into the selection's window. They are judged by the schedule that was
// configured, else by the rhythms of the whole history, which are learned from a few hundred runs
// at a time, of the newest `most_runs` of each definition.
GapsAnswer gaps(const query::Scope& scope, const MissedOptions& options,
                std::size_t most_runs = runs_of_history);
table::ResultTable gaps_table(const GapsAnswer& answer);

}  // namespace jobtally::rhythm
