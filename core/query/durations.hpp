// How long finished jobs take.
#pragma once

#include "core/query/grouping.hpp"
#include "core/query/percentile.hpp"
#include "core/query/scope.hpp"
#include "core/query/sums.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::query {

// Eight cells of log-spaced buckets between the least and the greatest duration of the answer, for
// people.
enum class Histogram : std::uint8_t { none, blocks, ascii };

struct DurationsOptions {
    By by = By::definition;
    std::vector<Percentile> percentiles = Percentile::list("50,90,95,99");
    Histogram histogram = Histogram::none;  // a column `histogram`: leave it out for machines
};

// Finished reports with both times; negative durations are clock errors and left out of all else.
struct DurationsRow {
    GroupKey key;
    std::int64_t count = 0;
    std::optional<time::Duration> min, mean, max;  // the mean in whole microseconds
    std::vector<time::Duration> percentiles;       // as asked for; empty where count is 0
    time::Duration total{0};
    std::optional<double> operations_per_second;
    std::int64_t clock_errors = 0;
    std::vector<std::int64_t> histogram;  // reports a bucket; empty where none was asked for
};

struct DurationsAnswer {
    table::Window window;
    DurationsOptions options;
    std::vector<DurationsRow> rows;  // in the groups' natural order
    DurationsRow total;              // its key is empty
};

DurationsAnswer durations(const Scope& scope, const DurationsOptions& options = {});
table::ResultTable durations_table(const DurationsAnswer& answer);

}  // namespace jobtally::query
