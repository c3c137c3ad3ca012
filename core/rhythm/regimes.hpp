// A history cut into stretches, where another schedule explains the runs better.
#pragma once

#include "core/rhythm/search.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace jobtally::rhythm {

// The runs [begin, end) follow one schedule, or none.
struct Regime {
    std::size_t begin = 0, end = 0;
    std::optional<Found> found{};
};

// From the oldest to the newest, without gaps, covering all runs; at least 3 runs.
// The cut is the one of the shortest description of all runs: dynamic programming over the
// schedules that explain some stretch of the history, where a change costs what it takes to name
// its place and the new schedule. After A. Viterbi, "Error Bounds for Convolutional Codes", IEEE
// Transactions on Information Theory 13 (1967), 260-269; nats as in evidence.hpp.
// The times of a schedule that differs from the one before by its weekdays alone cost nothing. A
// new schedule that covers less time than the one before takes from slot to slot, two days at most,
// is held off: its runs may be by hand.
// `past` are the runs of the weeks up to the newest of `runs`, as in rests.hpp; it may be empty.
// The schedule that they tell is described with them, so that it costs nothing here, and the runs
// are taken to begin with it.
std::vector<Regime> regimes_of(const OnClocks& runs, const OnClocks& past);
// Of all runs, described by their regimes.
double nats_of(const OnClocks& runs, const std::vector<Regime>& regimes);

}  // namespace jobtally::rhythm
