// By when one definition should have reported, and whether it has done so.
#pragma once

#include "core/query/run_history.hpp"
#include "core/query/run_minutes.hpp"
#include "core/rhythm/missed.hpp"
#include "core/rhythm/rhythm.hpp"

#include <optional>
#include <span>
#include <vector>

namespace jobtally::rhythm {

struct Expectation {
    Punctuality state = Punctuality::too_few;
    std::optional<Rhythm> rhythm;
    std::vector<Stretch> stretches{};  // of all runs; none where a person gave the schedule
    std::optional<time::Duration> typical_interval;
    std::optional<time::Instant> expected_by;
    std::optional<time::Duration> overdue;
    time::Duration listener_down{0};
    std::optional<time::Instant> ended_at{};  // where the state is `ended`
};

// That slot, or the first after it where its definition was disabled then.
time::Instant slot_while_enabled(const Rhythm& rhythm, time::Instant slot,
                                 const MissedOptions& options);

// When a definition that ran last at `last` came to count as retired, which is after the longer of
// 28 days and five intervals; none where it does not by now. Time when the listener was down does
// not count.
std::optional<time::Instant> ended_at(time::Instant last, time::Duration interval,
                                      const MissedOptions& options);

// `runs` are ascending, not empty and at most runs_looked_at, `past` is as in rhythm.hpp.
// `configured` is null where nobody gave a schedule.
Expectation expectation_of(std::span<const query::Run> runs, const query::Past& past,
                           const ConfiguredSchedule* configured, const MissedOptions& options,
                           const time::Zone& zone);

}  // namespace jobtally::rhythm
