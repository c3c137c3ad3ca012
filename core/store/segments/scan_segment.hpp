// Scanning one segment: pruned by its range of times, filtered exactly.
#pragma once

#include "core/store/segments/segment_reader.hpp"

#include <functional>

namespace jobtally::store {

class SegmentScan {
  public:
    SegmentScan(const Store::Connection& connection, const FactQuery& query);
    // Hands on the segment's reports within the span. The caller holds the read transaction.
    void run(const Segment& segment, const std::function<void(const FactBatch&)>& take);

  private:
    const ValueRange& range_of(const Segment& segment) const;
    bool is_outside(const Segment& segment) const;
    bool is_inside(const Segment& segment) const;
    void keep_what_is_inside();

    const Store::Connection& m_connection;
    const FactQuery& m_query;
    SegmentReader m_reader;
    FactBatch m_batch;
    std::int64_t m_since;  // [m_since, m_until) with the open ends closed
    std::int64_t m_until;
    bool m_is_bounded;
};

}  // namespace jobtally::store
