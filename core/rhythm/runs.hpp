// The newest runs of each definition, in their order.
#pragma once

#include "core/query/scope.hpp"
#include "core/rhythm/cadence.hpp"

#include <cstdint>
#include <vector>

namespace jobtally::rhythm {

struct DefinitionRuns {
    std::int64_t reports = 0;             // all of them, created up to now
    std::vector<Occurrence> runs;         // the newest, ascending by created_at
    std::vector<std::int64_t> running{};  // created_at of those of them that are RUNNING
    store::WordKey type = 0;              // of the newest report that has one
};

// By definition key; of the selected reports created up to `now` the newest `most` of each.
std::vector<DefinitionRuns> newest_runs(const query::Scope& scope, time::Instant now,
                                        std::size_t most);

}  // namespace jobtally::rhythm
