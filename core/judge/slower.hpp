// Definitions that have become slower and stayed so: several recent runs agree. A single slow run
// is unusual (unusual.hpp).
#pragma once

#include "core/judge/unusual.hpp"
#include "core/query/run_history.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace jobtally::judge {

// A rise of a definition's durations, in microseconds.
struct Slower {
    std::size_t definition = 0;
    std::int64_t since = 0;    // created_at of the first run of the new level
    std::int64_t runs = 0;     // from then on
    store::Sequence last = 0;  // the newest of them
    std::int64_t usual = 0;    // the median before, of runs on the same weekdays and at the same
                               // hours where there are enough
    std::int64_t now = 0;      // the median since
    double z = 0;              // Mann-Whitney, standardised
    std::optional<std::int64_t> usual_operations;  // medians, where records are known
    std::optional<std::int64_t> now_operations;
    Cause cause = Cause::unknown;

    double factor() const;
};

// Looks at the successful runs with records of the last six weeks, or at the last thirty where
// those weeks have fewer, and splits them into before and since where the rank statistic is
// greatest. The split counts where all of these hold:
// - there are at least ten runs before and five since,
// - z is 3.5 or more,
// - the median since, and that of the last five runs, are at least 1.25 times and 5 s above the
//   usual,
// - it is news: it began no more than three weeks or ten runs before the last run. What has lasted
//   longer is what is usual now.
std::optional<Slower> find_slower(std::span<const query::Run> runs, const time::Zone& zone);

}  // namespace jobtally::judge
