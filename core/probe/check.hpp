// One metric held against thresholds: the question of a monitoring system.
#pragma once

#include "core/probe/metrics.hpp"
#include "core/query/scope.hpp"
#include "core/table/probe.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace jobtally::probe {

struct CheckOptions {
    const Metric* metric = &check_metrics().front();
    bool by_definition = false;
    std::optional<AlertRange> warning, critical;
    std::int64_t min_runs = 0;  // values of fewer finished jobs are left out
    table::ProbeState no_data = table::ProbeState::unknown;  // the state where no value is left
    std::string when;                                        // the window in words, for the answer
    rhythm::MissedOptions expected;                          // the clock, schedules and downtime
};

// The worst value's state is the state. A pattern of the selection that matches no definition makes
// it unknown at least. Throws UsageError where the metric is not one of definitions.
table::Probe check(const query::Scope& scope, const CheckOptions& options);

}  // namespace jobtally::probe
