#include "core/answers/objective.hpp"

#include <limits>

namespace jobtally::answers {

void set_objectives(RatesAnswer& answer, const query::Objectives& objectives) {
    answer.total.objective = objectives.general;
    if (answer.by.by != query::By::definition || objectives.own.empty()) {
        for (auto& row : answer.rows) row.objective = objectives.general;
        return;
    }
    double finished = 0, to_succeed = 0;
    bool has_all = true;
    for (auto& row : answer.rows) {
        row.objective = objectives.of(row.key);
        const auto count = static_cast<double>(row.counts.finished());
        has_all = has_all && (row.objective || count == 0);
        finished += count;
        to_succeed += count * row.objective.value_or(0);
    }
    if (finished == 0) return;
    answer.total.objective = has_all ? std::optional(to_succeed / finished) : std::nullopt;
}

std::optional<double> ErrorBudget::used() const {
    if (finished == 0) return std::nullopt;
    if (failed == 0) return 0;
    if (allowed <= 0) return std::numeric_limits<double>::infinity();
    return static_cast<double>(failed) / allowed;
}

std::vector<ErrorBudget> error_budgets(const query::Scope& scope,
                                       const query::Objectives& objectives, bool by_definition) {
    std::vector<ErrorBudget> budgets;
    ErrorBudget all;
    for (const auto& row : rates(scope).rows) {
        const auto objective = objectives.of(row.key);
        if (!objective) continue;
        const auto finished = row.counts.finished();
        const double allowed = static_cast<double>(finished) * (1 - *objective);
        if (by_definition) budgets.push_back({row.key, finished, row.counts.failed(), allowed});
        all.finished += finished;
        all.failed += row.counts.failed();
        all.allowed += allowed;
    }
    if (!by_definition) budgets.push_back(all);
    return budgets;
}

}  // namespace jobtally::answers
