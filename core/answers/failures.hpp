// What fails, since when, how many in a row, and how long until it works again.
#pragma once

#include "core/query/counts.hpp"
#include "core/query/group_table.hpp"
#include "core/query/histogram.hpp"
#include "core/query/scope.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace jobtally::answers {

// Streaks and recoveries are those of each definition within the selection, without what was
// created in the future (Selection::last_created()); so is the last success. Reports without a
// definition are taken as those of one.
struct FailuresRow {
    query::GroupKey key;
    query::Counts counts;
    std::string trend{};  // trend.hpp; empty where there is none
    // By definition without a series only.
    std::optional<std::int64_t> streak;
    std::optional<std::int64_t> longest_streak;
    std::optional<time::Instant> failing_since;
    // By created_at; of failures of one time the greatest id is the last.
    std::optional<time::Instant> last_failure_at;
    std::optional<std::string> last_failure_id;
    std::optional<time::Instant> last_success_at;
    std::int64_t recoveries = 0;  // ended by a SUCCESS of this group
    std::optional<time::Duration> mean_recovery;
};

// The worst first; of a series in the groups' natural order.
using FailuresAnswer = query::GroupedAnswer<FailuresRow>;

// With a trend for each row where `trend` says what to draw it with.
FailuresAnswer failures(const query::Scope& scope, const query::GroupBy& by = {},
                        table::Sparkline trend = table::Sparkline::none);
// By definition, and streaks and recoveries are unknown, which spares a scan.
FailuresAnswer failures_without_streaks(const query::Scope& scope);
table::ResultTable failures_table(const FailuresAnswer& answer);
// The same with what each group was in another window.
table::ResultTable failures_table(FailuresAnswer now, FailuresAnswer before);

}  // namespace jobtally::answers
