// Runs that belong together: a job that fans out, or that is tried again after a failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::rhythm {

// The index of the first run of each session, ascending; the rhythm is that of the first ones.
// Where the gaps between runs are not clearly of two lengths, each run is a session of its own.
// `runs` are instants in microseconds, ascending.
std::vector<std::size_t> session_starts(std::span<const std::int64_t> runs);
// The log likelihood of the runs within the sessions, given their first ones, as in evidence.hpp:
// how many each session has, and how long after the one before each run comes, whatever a clock
// shows. There must be a session of two runs or more.
double nats_within(std::span<const std::int64_t> runs, const std::vector<std::size_t>& starts);

}  // namespace jobtally::rhythm
