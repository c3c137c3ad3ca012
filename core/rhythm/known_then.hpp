// What an earlier digest could know of a definition, and said of it.
#pragma once

#include "core/query/run_history.hpp"
#include "core/rhythm/expectation.hpp"
#include "core/rhythm/missed.hpp"

#include <cstdint>
#include <span>

namespace jobtally::rhythm {

// `runs` are ascending, those that came later are marked as late, and options.told_at says when it
// was. `past` and `configured` are those of expectation_of(), `now` is what it says of all runs.
KnownThen known_then(std::span<const query::Run> runs, std::span<const std::int64_t> past,
                     const Expectation& now, const ConfiguredSchedule* configured,
                     MissedOptions options, const time::Zone& zone);

}  // namespace jobtally::rhythm
