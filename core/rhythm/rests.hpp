// When a job rests that runs many times a day: at night, at the weekend, or most of the hours of a
// Sunday. A few hundred runs are over before a week is, so more of its past must tell.
#pragma once

#include "core/rhythm/regimes.hpp"

#include <optional>
#include <vector>

namespace jobtally::rhythm {

struct Rested {
    LearnedSchedule schedule;
    // Set where the schedule goes by the local clock and UTC explains the past as well.
    std::optional<LearnedSchedule> other_clock;
};

// `schedule` without the slots in which the job rests, as the whole past tells, and as the newest
// weeks of it do. Each slot of a week is folded over all weeks, and so is each slot of a day over
// all days, and over working days and weekends. The rests are those of the shortest description
// (evidence.hpp) of which slots had a run, where each begin and each end of a rest costs what it
// takes to name its place: a path through two states, as in regimes.hpp. Where there was no
// weekend yet, a job that rests at night is taken to rest then too. Even slots are taken for those
// of a part of the day that they are as long as. `past` are instants of runs, exact to a minute, at
// least one of each minute that had any. None where the schedule has no slots on a clock that come
// again each day, where the past is shorter than four days, where the job never rests, or where it
// runs in too few of the slots that are left.
std::vector<Rested> with_rests(const LearnedSchedule& schedule, const OnClocks& past);

}  // namespace jobtally::rhythm
