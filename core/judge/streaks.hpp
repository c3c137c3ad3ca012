// Streaks of failures, and the recoveries that end them, in the runs of one definition.
#pragma once

#include "core/query/run_history.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace jobtally::judge {

// Failures in a row. Times are microseconds.
struct Streak {
    std::int64_t length = 0;
    std::int64_t failing_since = 0;  // created_at of the first FAILURE
};

// The streak that the runs, in (created_at, id) order, end with; none after a SUCCESS.
std::optional<Streak> current_streak(std::span<const query::Run> runs);

struct Recovery {
    Streak streak;
    std::int64_t recovered_at = 0;  // the end of the SUCCESS
    store::Sequence success = 0;

    std::int64_t micros() const { return recovered_at - streak.failing_since; }
};

// Of the recoveries within the window, the one that took longest (the later of equal ones); none
// where the runs end in a streak.
std::optional<Recovery> longest_recovery(std::span<const query::Run> runs);

}  // namespace jobtally::judge
