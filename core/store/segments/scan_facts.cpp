// Segments are left out by their least and greatest time, or filtered value by value where a bound
// of the span lies between these two.
#include "core/store/facts/scan_rows.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/segments/segment_reader.hpp"
#include "core/store/segments/segments.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace jobtally::store {

namespace {

class SegmentScan {
  public:
    SegmentScan(const Store::Connection& connection, const FactQuery& query)
        : m_connection(connection),
          m_query(query),
          m_reader(connection),
          m_since(query.span.since ? time::micros(*query.span.since) : INT64_MIN),
          m_until(query.span.until ? time::micros(*query.span.until) : INT64_MAX) {}

    // Hands on the segment's reports within the span.
    void run(const Segment& segment, const std::function<void(const FactBatch&)>& take);

  private:
    ValueRange range_of(const Segment& segment) const;
    bool is_outside(const Segment& segment) const;
    bool is_inside(const Segment& segment) const;
    void keep_what_is_inside();

    const Store::Connection& m_connection;
    const FactQuery& m_query;
    SegmentReader m_reader;
    FactBatch m_batch;
    std::int64_t m_since;  // [m_since, m_until); extreme values stand for open ends
    std::int64_t m_until;
};

// All times that count lie within it.
ValueRange SegmentScan::range_of(const Segment& segment) const {
    if (m_query.at == WhichTime::received) return segment.received_at;
    const ValueRange& created = segment.created_at;
    const ValueRange& updated = segment.updated_at;
    if (m_query.at == WhichTime::created || updated.least == unknown_value) return created;
    if (!segment.has_unknown_updated) return updated;
    return {std::min(created.least, updated.least), std::max(created.greatest, updated.greatest)};
}

bool SegmentScan::is_outside(const Segment& segment) const {
    const auto range = range_of(segment);
    return segment.rows == 0 || range.greatest < m_since || range.least >= m_until;
}

bool SegmentScan::is_inside(const Segment& segment) const {
    const auto range = range_of(segment);
    return range.least >= m_since && range.greatest < m_until;
}

void SegmentScan::run(const Segment& segment, const std::function<void(const FactBatch&)>& take) {
    if (is_outside(segment)) return;
    clear(m_batch);
    if (is_inside(segment)) {
        m_reader.read(segment, m_query.columns, m_batch);
    } else {
        m_reader.read(segment, m_query.columns | column_of(m_query.at), m_batch);
        keep_what_is_inside();
    }
    require_plausible(m_batch, m_connection);
    if (m_batch.size > 0) take(m_batch);
}

void SegmentScan::keep_what_is_inside() {
    std::vector<std::uint32_t> kept;
    const auto& times = times_of(m_batch, m_query.at);
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (times[i] >= m_since && times[i] < m_until)
            kept.push_back(static_cast<std::uint32_t>(i));
    }
    for_each_column(
        [&](auto& column) {
            if (column.empty()) return;
            for (std::size_t i = 0; i < kept.size(); ++i) column[i] = column[kept[i]];
            column.resize(kept.size());
        },
        m_batch);
    m_batch.size = kept.size();
    if (asks_for(m_query.columns, column_of(m_query.at))) return;
    if (m_query.at == WhichTime::created) m_batch.created_at.clear();
    if (m_query.at == WhichTime::updated) m_batch.ended_at.clear();
    if (m_query.at == WhichTime::received) m_batch.received_at.clear();
}

// The switch that bypasses the segments: JOBTALLY_SEGMENTS=off in the environment.
bool segments_are_off() {
    const char* word = std::getenv("JOBTALLY_SEGMENTS");
    return word != nullptr && std::string_view(word) == "off";
}

}  // namespace

void scan_facts(const Store& store, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take) {
    scan_facts(store.connection(), query, take);
}

void scan_facts(const Store::Connection& connection, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take) {
    const ReadScope scope(connection);
    Sequence next = 1;
    if (!segments_are_off()) {
        SegmentScan packed(connection, query);
        for (const auto& segment : list_segments(connection)) {
            if (next < segment.first) scan_rows(connection, query, next, segment.first - 1, take);
            packed.run(segment, take);
            next = segment.last + 1;
        }
    }
    scan_rows(connection, query, next, INT64_MAX, take);
}

}  // namespace jobtally::store
