// Made-up job reports with the shapes of real ones: for trials, for load, for measuring.
#pragma once

#include "core/model/report.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace jobtally::generate {

struct HistoryOptions {
    std::int64_t count = 0;  // of reports
    std::uint64_t seed = 1;
    std::int64_t definitions = 30;  // 1 or more
    // The share of runs that fail, 0 to 1, of every definition; without it each has one of its own.
    std::optional<double> failure_rate;
    time::Instant end;  // no run ends later
};

// Gives `take` the newest `count` runs of a fleet in the order in which they end, until it returns
// false. The definitions run hourly, every few hours, daily, on weekdays or weekly, some three
// times a day on average; each has a usual volume, speed and share of failures, which like to come
// in a row. Some successes are partial, some empty. Ids begin with the time of creation.
// A run depends on the seed, its definition's number and its place in the calendar alone: a later
// `end` or a higher count adds runs and changes none.
// Throws UsageError where the runs would reach back before the year 1.
void make_history(const HistoryOptions& options,
                  const std::function<bool(const model::JobReport&)>& take);

}  // namespace jobtally::generate
