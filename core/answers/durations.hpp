// How long finished jobs take.
#pragma once

#include "core/query/group_table.hpp"
#include "core/query/histogram.hpp"
#include "core/query/percentile.hpp"
#include "core/query/scope.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::answers {

struct DurationsOptions {
    std::vector<query::Percentile> percentiles = query::Percentile::list("50,90,95,99");
    // A column `histogram` for people: runs by duration, in log-spaced buckets between the least
    // and the greatest duration of the answer.
    table::Sparkline histogram = table::Sparkline::none;
    bool keep_values = false;  // each row keeps its durations: to compare, to plot
    std::size_t buckets = 8;   // of the histogram
};

// Finished reports with both times; negative durations are clock errors and left out of all else.
struct DurationsRow {
    query::GroupKey key;
    std::int64_t count = 0;
    std::optional<time::Duration> min, mean, max;  // the mean in whole microseconds
    std::vector<time::Duration> percentiles;       // as asked for; empty where count is 0
    time::Duration total{0};
    std::optional<double> operations_per_second;
    std::int64_t clock_errors = 0;
    std::vector<std::int64_t> histogram;   // reports a bucket; empty where none was asked for
    std::vector<std::int64_t> micros;      // the durations, in no order; empty where not kept
    std::optional<time::Duration> median;  // the 50th percentile
};

struct DurationsAnswer : query::GroupedAnswer<DurationsRow> {
    DurationsOptions options;
};

DurationsAnswer durations(const query::Scope& scope, const query::GroupBy& by = {},
                          const DurationsOptions& options = {});
table::ResultTable durations_table(const DurationsAnswer& answer);
// The same with what each group was in another window; both with their values. The median's change
// is notable where the durations of one window are longer than those of the other by the rank test
// (rank_test.hpp, at 1 %, with 8 runs or more on each side) and the medians are 5 % apart.
table::ResultTable durations_table(DurationsAnswer now, DurationsAnswer before);

}  // namespace jobtally::answers
