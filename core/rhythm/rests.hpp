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

// `schedule` without the slots in which the job rests, such as nights: one as the whole past tells,
// one as its newest weeks do.
//
// The slots of a week are folded over all weeks, those of a day over all days, and over working
// days and weekends. The rests are those of the shortest description (evidence.hpp) of which slots
// had a run, where each begin and each end of a rest costs what it takes to name its place: a path
// through two states, as in regimes.hpp. Where there was no weekend yet, a job that rests at night
// is taken to rest then too. Slots at even distances, such as every 5 min, count as parts of the
// day of that length.
//
// `past` are instants of runs, exact to a minute, at least one of each minute that had any. The
// result is empty where the schedule has no slots on a clock that come again each day, where the
// past is shorter than four days, where the job never rests, or where it runs in too few of the
// slots that are left.
std::vector<Rested> with_rests(const LearnedSchedule& schedule, const OnClocks& past);

}  // namespace jobtally::rhythm
