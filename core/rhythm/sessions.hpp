// Runs that belong together: a job that fans out, or that is tried again after a failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::rhythm {

// A fan-out is told by runs so close together that people don't plan them; a session may take
// hours, as that of a job that is tried again. A job that fans out may be tried again.
enum class Grouping : std::uint8_t { fan_outs, sessions };

struct Groups {
    std::vector<std::size_t> starts;  // the index of the first run of each, ascending
    std::int64_t longest = -1;        // gap within one; microseconds
};
// Where the gaps between runs are not clearly of two lengths, each run is a group of its own.
// `runs` are instants in microseconds, ascending.
Groups groups_of(std::span<const std::int64_t> runs, Grouping grouping);
// Of runs that are exact to a minute only, the first ones by that longest gap within a group.
std::vector<std::int64_t> first_minutes(std::span<const std::int64_t> minutes,
                                        std::int64_t longest);
// The log likelihood of the runs within the groups, given their first ones, as in evidence.hpp:
// how many each session has, and how long after the one before each run comes, whatever a clock
// shows. There must be a group of two runs or more.
double nats_within(std::span<const std::int64_t> runs, const std::vector<std::size_t>& starts);

}  // namespace jobtally::rhythm
