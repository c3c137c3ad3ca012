// The rhythm of a definition: its schedule, and how early and late its runs usually are. It is
// learned from the runs, or configured.
#pragma once

#include "core/query/run_history.hpp"
#include "core/query/run_minutes.hpp"
#include "core/rhythm/lateness.hpp"
#include "core/rhythm/schedule.hpp"
#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::rhythm {

inline constexpr std::size_t least_runs = 5;        // fewer are too few to learn from
inline constexpr std::size_t runs_looked_at = 400;  // older ones tell nothing about today ...
inline constexpr auto past_looked_at =
    std::chrono::days(42);  // ... but when a job rests, or takes long

struct Rhythm {
    std::shared_ptr<const Schedule> schedule;
    // The same times on another clock. It is set where the history has no clock change that would
    // tell which of the two clocks rules; then the later of the two slots counts.
    std::shared_ptr<const Schedule> other_clock;
    time::Duration early{0};  // a run up to so long before a slot stands for that slot
    time::Duration late{0};   // a report that arrives up to so long after its slot is on time;
                              // this includes the duration of the run
    // So many slots in a row without a run tell something. It is 2 where many slots have none, as
    // with `*/8` in the minutes of cron, which is nearly every other slot of 4 minutes.
    int patience = 1;
    std::vector<std::int64_t> lags{};  // microseconds from past slots to the ends of their runs

    SlowSlots slow{};  // that take longer each time

    // How long after that slot its report may come.
    time::Duration late_at(time::Instant slot) const;
    // When a report is overdue, where none has come of `slot` nor of those after it: a later one
    // may have been due sooner.
    time::Instant due_by(time::Instant slot) const;
    // The first slot after the one that a run at `run` stands for.
    time::Instant slot_after_run(time::Instant run) const;
    // The slot that has no run when something is missing behind a run at `run`.
    time::Instant telling_slot_after_run(time::Instant run) const;
    time::Instant slot_after(time::Instant slot) const;
    // The median distance from a slot to the next, over the slots from `from` on.
    time::Duration typical_interval(time::Instant from) const;
};

// Runs in a row that follow one rhythm, or none: where no schedule explains them far better than
// chance does.
struct Stretch {
    std::span<const query::Run> runs;
    std::optional<Rhythm> rhythm;
};

// From the oldest to the newest, covering all runs. `runs` are ascending and not empty; they stay
// the caller's. `past` tells the rests of a job that runs often, as in rests.hpp, and at which
// times it takes long, and may be empty. The clocks that are tried are UTC and `local`. That there
// was no run in `down`, when no listener was up, tells nothing.
std::vector<Stretch> learn_stretches(std::span<const query::Run> runs, const query::Past& past,
                                     const time::Zone& local,
                                     std::span<const time::TimeSpan> down = {});

// What a person has configured for a definition; it rules over what can be learned.
struct ConfiguredSchedule {
    std::shared_ptr<const Schedule> schedule;
    std::optional<time::Duration> grace;  // how long after its slot a report may arrive
};

// `runs` are ascending and not empty. Without a grace a report may come a tenth of the typical
// interval after its slot, an hour at most, and as long as its run usually takes.
Rhythm configured_rhythm(const ConfiguredSchedule& configured, std::span<const query::Run> runs);

}  // namespace jobtally::rhythm
