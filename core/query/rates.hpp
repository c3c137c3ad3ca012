// How many jobs and how many operations succeed.
#pragma once

#include "core/query/counts.hpp"
#include "core/query/grouping.hpp"
#include "core/query/scope.hpp"
#include "core/table/result_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace jobtally::query {

struct RatesRow {
    GroupKey key;
    Counts counts;
    std::optional<std::string>
        last_status;  // of the report with the newest created_at, then the greatest id
    std::optional<time::Instant> last_created_at;
};

struct RatesAnswer {
    table::Window window;
    GroupBy by;
    std::vector<RatesRow> rows;  // in the groups' natural order
    RatesRow total;              // its key is empty
};

RatesAnswer rates(const Scope& scope, const GroupBy& by = {});
table::ResultTable rates_table(const RatesAnswer& answer);
// The same with what each group was in another window.
table::ResultTable rates_table(RatesAnswer now, RatesAnswer before);

}  // namespace jobtally::query
