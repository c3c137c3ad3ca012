// Reports of success that hide a fault: those with failed records (partial) and those without any
// record (empty), by definition.
#pragma once

#include "core/query/grouping.hpp"
#include "core/query/scope.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::judge {

struct Flaw {
    std::int64_t count = 0;
    time::Instant last_at;  // created_at of the newest (then the greatest id)
    std::string last_id;
};

struct FlawedDefinition {
    query::GroupKey key;
    std::int64_t finished = 0;
    Flaw partial;
    std::int64_t partial_failed = 0;      // records of the partial reports
    std::int64_t partial_operations = 0;  // where known
    Flaw empty;

    // The failed share of the records of the partial reports.
    std::optional<double> partial_failure_rate() const;
};

// The definitions that have any, by name then id.
std::vector<FlawedDefinition> flawed_definitions(const query::Scope& scope);

}  // namespace jobtally::judge
