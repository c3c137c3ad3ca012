// The groups of a series: each group of the question once for each bucket of time.
#pragma once

#include "core/query/selection.hpp"
#include "core/table/result_table.hpp"
#include "core/time/buckets.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jobtally::query {

// What is split into buckets is called a whole. The last group of all is for reports that came
// after the series was laid out.
class Series {
  public:
    // `has_reports` says of each whole whether it has any; `seen` is the span of their times, both
    // ends included, and stands in for an open end of the window. Throws UsageError for more than
    // two million buckets in all.
    Series(time::Every every, const Selection& selection,
           const std::vector<std::uint8_t>& has_reports, const time::TimeSpan& seen);

    std::size_t size() const { return m_wholes.size() * buckets() + 1; }
    // The groups of reports, of which the wholes and the times are given.
    void find_groups(std::span<const std::int32_t> wholes, std::span<const std::int64_t> times,
                     std::vector<std::int32_t>& groups);
    // Those that have reports, ascending.
    const std::vector<std::size_t>& wholes() const { return m_wholes; }
    std::size_t whole_of(std::size_t group) const { return m_wholes[group / buckets()]; }
    // People see `(part)` behind the name of one that the window cuts.
    table::Cell bucket_of(std::size_t group) const;
    // All buckets of the wholes.
    std::vector<std::size_t> groups_of(std::span<const std::size_t> wholes) const;

  private:
    std::size_t buckets() const { return m_edges.empty() ? 0 : m_edges.size() - 1; }
    // The number of a bucket, or buckets() for times outside of all buckets.
    std::size_t bucket_at(std::int64_t micros) {
        return micros >= m_from && micros < m_to ? m_last : find_bucket(micros);
    }
    std::size_t find_bucket(std::int64_t micros);

    time::Every m_every;
    time::Zone m_zone;
    time::TimeSpan m_window;
    std::vector<std::size_t> m_wholes;
    std::vector<std::int32_t> m_place;  // of a whole in m_wholes; -1: it has no reports
    std::vector<time::Instant> m_edges;
    // The bucket of the last time: neighbours in the store are often neighbours in time.
    std::int64_t m_from = 0;
    std::int64_t m_to = 0;
    std::size_t m_last = 0;
};

}  // namespace jobtally::query
