// What is counted of the reports of one group: how they ended, and their operations.
#pragma once

#include "core/model/rate.hpp"
#include "core/query/sums.hpp"
#include "core/store/facts/facts.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::query {

struct Counts {
    std::int64_t by_status[4] = {};  // by model::Status
    std::int64_t partial = 0;        // SUCCESS with failed operations
    std::int64_t empty = 0;          // finished with no operations
    // Over finished reports with all three counts known.
    Wide operations = 0;
    Wide operations_succeeded = 0;
    Wide operations_failed = 0;

    std::int64_t succeeded() const { return by_status[0]; }
    std::int64_t failed() const { return by_status[1]; }
    std::int64_t running() const { return by_status[2]; }
    std::int64_t finished() const { return by_status[0] + by_status[1]; }
    std::int64_t of_other_status() const { return by_status[3]; }
    std::int64_t reports() const { return finished() + by_status[2] + by_status[3]; }

    model::Rate success_rate() const { return {succeeded(), finished()}; }
    model::Rate failure_rate() const { return {failed(), finished()}; }
    // Part and whole are sums of what was sent: the part may be greater.
    std::optional<double> operation_success_rate() const;
    std::optional<double> operation_failure_rate() const;

    Counts& operator+=(const Counts& other);
};

// A sum of counts; one beyond 2^63-1 is unknown to all, rather than wrong to some.
inline table::Cell sum_cell(Wide sum) {
    return sum > INT64_MAX ? table::Cell{} : table::Cell{clamped(sum)};
}
// The same in words: `1,234`, `over 9,223,372,036,854,775,807`.
std::string sum_text(Wide sum);

inline constexpr store::FactColumns count_columns =
    store::FactColumn::status | store::FactColumn::operations;

// Adds each report of the batch to the counts of its group.
void count_batch(const store::FactBatch& batch, std::span<const std::int32_t> groups,
                 std::vector<Counts>& counts);

}  // namespace jobtally::query
