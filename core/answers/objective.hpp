// Error budgets: how much of what an objective lets fail has failed.
#pragma once

#include "core/answers/rates.hpp"
#include "core/query/objectives.hpp"
#include "core/query/scope.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace jobtally::answers {

// Gives each row its objective, and the total the one of all together: the mean, weighted by
// finished jobs; none where a row has none. A definition's own counts only by definition.
void set_objectives(RatesAnswer& answer, const query::Objectives& objectives);

// Of finished jobs, `allowed` may fail: finished x (1 - objective). The error budget of B. Beyer et
// al. (eds.), "The Site Reliability Workbook", O'Reilly 2018, chapters 2 and 5.
struct ErrorBudget {
    query::GroupKey key;  // of a definition; empty: of all that have an objective
    std::int64_t finished = 0, failed = 0;
    double allowed = 0;

    // Failed / allowed, which is also the rate at which the budget burns: 1 uses it up. None where
    // nothing finished; infinite where something failed and nothing may.
    std::optional<double> used() const;
};

// Of each definition that has an objective, or of all of these together.
std::vector<ErrorBudget> error_budgets(const query::Scope& scope,
                                       const query::Objectives& objectives, bool by_definition);

}  // namespace jobtally::answers
