// What could be known of a definition before its newest runs.
#pragma once

#include "core/query/run_history.hpp"
#include "core/query/run_minutes.hpp"
#include "core/rhythm/expectation.hpp"
#include "core/rhythm/missed.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace jobtally::rhythm {

// What an earlier digest said of it. `runs` are ascending, those that came later are marked as
// late, and options.told_at says when it was. `past` and `configured` are those of
// expectation_of(), `now` is what it says of all runs.
KnownThen known_then(std::span<const query::Run> runs, const query::Past& past,
                     const Expectation& now, const ConfiguredSchedule* configured,
                     MissedOptions options, const time::Zone& zone);

// The rhythm of `runs` as it was known before `next`, where in most of the weeks before there was a
// run at hours at which there is none between the two: such a rest, if it is one, was not known
// while it lasted. `past` is as in rhythm.hpp, of the weeks up to `next`, and not empty; `down`
// too.
std::optional<Rhythm> known_before_new_rest(std::span<const query::Run> runs,
                                            const query::Run& next, const query::Past& past,
                                            const time::Zone& zone,
                                            std::span<const time::TimeSpan> down);

}  // namespace jobtally::rhythm
