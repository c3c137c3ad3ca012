// How many jobs and how many operations succeed.
#pragma once

#include "core/query/counts.hpp"
#include "core/query/grouping.hpp"
#include "core/query/scope.hpp"
#include "core/query/trend.hpp"
#include "core/table/result_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace jobtally::answers {

struct RatesRow {
    query::GroupKey key;
    query::Counts counts;
    std::string trend{};  // trend.hpp; empty where there is none
    std::optional<std::string>
        last_status;  // of the report with the newest created_at, then the greatest id
    std::optional<time::Instant> last_created_at;
};

struct RatesAnswer {
    table::Window window;
    query::GroupBy by;
    bool has_trend = false;
    std::vector<RatesRow> rows;  // in the groups' natural order
    RatesRow total;              // its key is empty
};

// With a trend each row has one: leave it out for machines.
RatesAnswer rates(const query::Scope& scope, const query::GroupBy& by = {},
                  table::Sparkline trend = table::Sparkline::none);
table::ResultTable rates_table(const RatesAnswer& answer);
// The same with what each group was in another window.
table::ResultTable rates_table(RatesAnswer now, RatesAnswer before);

}  // namespace jobtally::answers
