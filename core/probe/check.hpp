// One metric compared with thresholds, which is the question of a monitoring system, and whether
// the answer is news.
#pragma once

#include "core/probe/metrics.hpp"
#include "core/query/scope.hpp"
#include "core/store/upkeep/probe_records.hpp"
#include "core/table/probe.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace jobtally::probe {

struct CheckOptions {
    const Metric* metric = &check_metrics().front();
    bool by_definition = false;
    std::optional<Threshold> warning, critical;
    std::int64_t min_runs = 0;  // values of fewer finished jobs are left out
    table::ProbeState no_data = table::ProbeState::unknown;  // the state where no value is left
    // Where a window holds no job, and no run is overdue at its end, what was known before stands.
    bool last_known_stands = true;
    std::string when;  // the window in words, for the answer
    Given expected;
};

// The state of the probe is that of the worst value. A pattern of the selection that matches no
// definition, or no source, makes it at least as bad as unknown. Throws UsageError if the metric
// was asked for by definition but can't be given by definition.
table::Probe check(const query::Scope& scope, const CheckOptions& options);

// What a probe that speaks only of changes does with a new state.
struct ProbeStep {
    bool changed = false;                      // the state is news
    std::optional<store::ProbeRecord> record;  // what to keep from now on; none: what is kept holds
};

// `said` is what the probe said last; one that never spoke is taken to have been OK. A state is
// news when it differs from that and has now been seen `confirm` (1 or more) times in a row.
ProbeStep probe_step(const std::optional<store::ProbeRecord>& said, table::ProbeState state,
                     std::int64_t confirm, time::Instant now);

}  // namespace jobtally::probe
