// How many jobs and how many operations succeed.
#pragma once

#include "core/query/counts.hpp"
#include "core/query/group_table.hpp"
#include "core/query/histogram.hpp"
#include "core/query/scope.hpp"

#include <optional>
#include <string>

namespace jobtally::answers {

struct RatesRow {
    query::GroupKey key;
    query::Counts counts;
    std::string trend{};                     // trend.hpp; empty where there is none
    std::optional<std::string> last_status;  // of the latest report by created_at, then id
    std::optional<time::Instant> last_created_at;
    std::optional<double> objective{};  // the share that is to succeed, 0 to 1
};

using RatesAnswer = query::GroupedAnswer<RatesRow>;

// With a trend for each row where `trend` says what to draw it with.
RatesAnswer rates(const query::Scope& scope, const query::GroupBy& by = {},
                  table::Sparkline trend = table::Sparkline::none);
// With objectives and their error budgets where `has_objectives`.
table::ResultTable rates_table(const RatesAnswer& answer, bool has_objectives = false);
// The same with what each group was in another window.
table::ResultTable rates_table(RatesAnswer now, RatesAnswer before, bool has_objectives = false);

}  // namespace jobtally::answers
