// How a group went over the window, in eight characters: a small picture for people.
#pragma once

#include "core/query/scope.hpp"
#include "core/table/result_table.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace jobtally::query {

// Counts FAILURE and finished reports of each group in eighths of the window. There is a trend only
// where one is asked for and the window has two ends.
class TrendFold {
  public:
    TrendFold(const Scope& scope, std::size_t groups, table::Sparkline trend);

    bool is_wanted() const { return m_slice > 0; }
    store::FactColumns columns() const;
    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups);

    // A full mark where all of an eighth's jobs succeeded, less for each that did not, a blank
    // where none finished.
    std::string success(std::size_t group) const { return drawn_success(m_slices[group]); }
    std::string success_of_all() const { return drawn_success(sum()); }
    // Failed jobs, to the scale of the worst eighth.
    std::string failures(std::size_t group) const { return drawn_failures(m_slices[group]); }
    std::string failures_of_all() const { return drawn_failures(sum()); }

  private:
    struct Slice {
        std::int64_t finished = 0;
        std::int64_t failed = 0;
    };
    using Slices = std::array<Slice, 8>;

    std::string drawn_success(const Slices& slices) const;
    std::string drawn_failures(const Slices& slices) const;
    Slices sum() const;

    store::WhichTime m_at;
    bool m_ascii;
    std::int64_t m_since = 0;
    std::int64_t m_slice = 0;  // microseconds of an eighth, rounded up; 0: no trend
    std::vector<Slices> m_slices;
};

}  // namespace jobtally::query
