#include "core/probe/on_change.hpp"

namespace jobtally::probe {

ProbeStep probe_step(const std::optional<store::ProbeRecord>& said, table::ProbeState state,
                     std::int64_t confirm, time::Instant now) {
    const std::string seen = table::state_text(state);
    const store::ProbeRecord before =
        said.value_or(store::ProbeRecord{table::state_text(table::ProbeState::ok), now, {}, 0});
    store::ProbeRecord after = before;
    after.pending.reset();
    after.pending_runs = 0;
    if (seen != before.state) {
        const auto runs = before.pending == seen ? before.pending_runs + 1 : 1;
        if (runs >= confirm) return {true, store::ProbeRecord{seen, now, {}, 0}};
        after.pending = seen;
        after.pending_runs = runs;
    }
    if (said == after) return {};
    return {false, after};
}

}  // namespace jobtally::probe
