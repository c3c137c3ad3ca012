// The rhythm of one definition, learned from its runs with nothing configured.
#pragma once

#include "core/query/run_history.hpp"
#include "core/rhythm/rhythm.hpp"
#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace jobtally::rhythm {

inline constexpr std::size_t least_runs = 5;        // fewer are too few
inline constexpr std::size_t runs_looked_at = 400;  // the newest

// When the next report is due, and how much later is still normal.
struct Cadence {
    std::shared_ptr<const Schedule> schedule;
    // The same on another clock where the history can't tell which one rules, since neither was
    // changed in it: the later of the two slots is the one that counts.
    std::shared_ptr<const Schedule> other_clock;
    time::Duration early{0};  // a run so much before its slot is that slot's
    time::Duration late{0};   // a report so much after its slot is on time: delay and duration
    std::vector<std::int64_t> lags{};  // how long after their slots past reports came, microseconds

    // The first slot that a run at `run` does not stand for.
    time::Instant slot_after_run(time::Instant run) const;
    time::Instant slot_after(time::Instant slot) const;
    // The median distance from a slot to the next, over the slots from `from` on.
    time::Duration typical_interval(time::Instant from) const;
};

// As long as runs take, outliers left out; nothing known: 0.
time::Duration usual_duration(std::span<const query::Run> runs);

// Nothing where the runs have no rhythm that is surer than chance. `runs` are ascending; `local` is
// considered beside UTC. Only the newest runs_looked_at are.
std::optional<Cadence> learn_cadence(std::span<const query::Run> runs, const time::Zone& local);

}  // namespace jobtally::rhythm
