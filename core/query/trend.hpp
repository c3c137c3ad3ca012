// How a group went over the window, in eight characters: a small picture for people.
#pragma once

#include "core/query/grouping.hpp"
#include "core/query/histogram.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace jobtally::query {

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
