// What is counted of the reports of one group: how they ended, and their operations; in all, and as
// a small picture of the window in eight characters.
#pragma once

#include "core/model/rate.hpp"
#include "core/query/grouping.hpp"
#include "core/query/histogram.hpp"
#include "core/query/sums.hpp"
#include "core/store/facts/facts.hpp"
#include "core/table/result_table.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
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

// Counts FAILURE and finished reports of each group in eighths of the window. There is a trend only
// where one is asked for, the window has two ends, and rows are no buckets of a series.
class TrendFold {
  public:
    TrendFold(const Grouping& grouping, const Selection& selection, table::Sparkline marks);

    bool is_wanted() const { return m_slice > 0; }
    store::FactColumns columns() const;
    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups);
    void merge(const TrendFold& other);

    // A full mark where all of an eighth's jobs succeeded, less for each that did not, a blank
    // where none finished. Like the others empty where there is no trend.
    std::string success(std::size_t group) const { return drawn_success(slices_of(group)); }
    std::string success_of_all() const { return drawn_success(sum()); }
    // Failed jobs, to the scale of the worst eighth.
    std::string failures(std::size_t group) const { return drawn_failures(slices_of(group)); }
    std::string failures_of_all() const { return drawn_failures(sum()); }

  private:
    struct Slice {
        std::int64_t finished = 0;
        std::int64_t failed = 0;

        Slice& operator+=(const Slice& other) {
            finished += other.finished;
            failed += other.failed;
            return *this;
        }
    };
    using Slices = std::array<Slice, 8>;

    std::string drawn_success(const Slices& slices) const;
    std::string drawn_failures(const Slices& slices) const;
    Slices slices_of(std::size_t group) const { return is_wanted() ? m_slices[group] : Slices{}; }
    Slices sum() const;

    store::WhichTime m_at;
    table::Sparkline m_marks;
    std::int64_t m_since = 0;
    std::int64_t m_slice = 0;  // microseconds of an eighth, rounded up; 0: no trend
    std::vector<Slices> m_slices;
};

}  // namespace jobtally::query
