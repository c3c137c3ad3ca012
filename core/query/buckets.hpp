// The buckets of a series: which one a time falls into, and what they are called.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/table/result_table.hpp"
#include "core/time/buckets.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jobtally::query {

// Of a window; where one of its ends is open the reports' own first or last time stands in.
class Buckets {
  public:
    // `seen` is the span of the reports' times, both ends included; none: there are no reports.
    // Throws UsageError for more than `most` buckets.
    Buckets(time::Every every, const time::TimeSpan& window, const time::TimeSpan& seen,
            time::Zone zone, std::size_t most);

    std::size_t size() const { return m_edges.empty() ? 0 : m_edges.size() - 1; }
    // size() for times outside of all buckets, unknown ones too.
    std::size_t bucket_of(std::int64_t micros) {
        if (micros >= m_from && micros < m_to) return m_last;
        return find(micros);
    }
    table::Bucket cell(std::size_t bucket) const;

  private:
    std::size_t find(std::int64_t micros);

    time::Every m_every;
    time::Zone m_zone;
    std::vector<time::Instant> m_edges;
    // The bucket of the last time: neighbours in the store are often neighbours in time.
    std::int64_t m_from = 0;
    std::int64_t m_to = 0;
    std::size_t m_last = 0;
};

}  // namespace jobtally::query
