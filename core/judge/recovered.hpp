// Streaks of failures and the successes that end them, in the runs of one definition.
#pragma once

#include "core/query/run_history.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace jobtally::judge {

// Times are microseconds.
struct Outage {
    std::int64_t failing_since = 0;  // created_at of the first FAILURE
    std::int64_t failures = 0;       // in a row
};

// The streak that the runs, in (created_at, id) order, end with; none after a SUCCESS.
std::optional<Outage> current_outage(std::span<const query::Run> runs);

struct Recovered {
    Outage outage;
    std::int64_t recovered_at = 0;  // the end of the SUCCESS
    store::Sequence success = 0;

    std::int64_t length() const { return recovered_at - outage.failing_since; }
};

// Of the streaks that a SUCCESS within the window ended, the one that lasted longest (the later of
// equal ones); none where the runs end in a streak.
std::optional<Recovered> longest_recovery(std::span<const query::Run> runs);

}  // namespace jobtally::judge
