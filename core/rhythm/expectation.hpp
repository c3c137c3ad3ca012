// By when one definition should have reported, and how it stands to that.
#pragma once

#include "core/rhythm/missed.hpp"

#include <optional>
#include <span>

namespace jobtally::rhythm {

struct Expectation {
    MissedState state = MissedState::too_few;
    std::optional<Cadence> cadence;
    std::optional<time::Duration> typical_interval;
    std::optional<time::Instant> expected_by;
    std::optional<time::Duration> overdue;
    time::Duration listener_down{0};
};

// `runs` are ascending and not empty. `configured` is null where nobody gave a schedule.
Expectation expectation_of(std::span<const query::Run> runs, const ConfiguredSchedule* configured,
                           const MissedOptions& options, const time::Zone& zone);

// Of a schedule that was given. Without a grace a report may come a tenth of the typical interval
// late, up to an hour, and as long as its run usually takes.
Cadence configured_cadence(const ConfiguredSchedule& configured, std::span<const query::Run> runs);

// The end of the downtime that a slot's report may well have been lost in: a tenth of the past ones
// would have been.
std::optional<time::Instant> lost_until(const std::vector<time::TimeSpan>& down,
                                        const Cadence& cadence, time::Instant slot);

// How much of [from, to) lies in `down`.
time::Duration down_within(const std::vector<time::TimeSpan>& down, time::Instant from,
                           time::Instant to);

}  // namespace jobtally::rhythm
