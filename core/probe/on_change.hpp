// When a probe that speaks only of changes speaks.
#pragma once

#include "core/store/upkeep/probe_records.hpp"
#include "core/table/probe.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>

namespace jobtally::probe {

struct ProbeStep {
    bool changed = false;                      // the state is news
    std::optional<store::ProbeRecord> record;  // to be kept; none: what is kept still holds
};

// `said` is what was said last; a probe that never spoke is taken to have been OK. A state is news
// when it differs from that and has now been seen `confirm` (1 or more) times in a row.
ProbeStep probe_step(const std::optional<store::ProbeRecord>& said, table::ProbeState state,
                     std::int64_t confirm, time::Instant now);

}  // namespace jobtally::probe
