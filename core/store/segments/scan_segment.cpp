// Pruning and filtering.
#include "core/store/segments/scan_segment.hpp"

#include "core/store/segments/fact_columns.hpp"
#include "core/store/segments/plausible.hpp"

namespace jobtally::store {

namespace {

FactColumn column_of(At at) {
    switch (at) {
        case At::updated:
            return FactColumn::updated_at;
        case At::received:
            return FactColumn::received_at;
        default:
            return FactColumn::created_at;
    }
}

const std::vector<std::int64_t>& times_of(const FactBatch& batch, At at) {
    switch (at) {
        case At::updated:
            return batch.updated_at;
        case At::received:
            return batch.received_at;
        default:
            return batch.created_at;
    }
}

}  // namespace

SegmentScan::SegmentScan(const Store::Connection& connection, const FactQuery& query)
    : m_connection(connection),
      m_query(query),
      m_reader(connection),
      m_since(query.span.since ? time::micros(*query.span.since) : INT64_MIN + 1),
      m_until(query.span.until ? time::micros(*query.span.until) : INT64_MAX),
      m_is_bounded(query.span.since || query.span.until) {}

const ValueRange& SegmentScan::range_of(const Segment& segment) const {
    switch (m_query.at) {
        case At::updated:
            return segment.updated_at;
        case At::received:
            return segment.received_at;
        default:
            return segment.created_at;
    }
}

bool SegmentScan::is_outside(const Segment& segment) const {
    const auto& range = range_of(segment);
    return segment.rows == 0 ||
           (m_is_bounded &&
            (range.least == unknown_value || range.greatest < m_since || range.least >= m_until));
}

bool SegmentScan::is_inside(const Segment& segment) const {
    if (!m_is_bounded) return true;
    const auto& range = range_of(segment);
    const bool has_unknown = m_query.at == At::updated && segment.has_unknown_updated;
    return !has_unknown && range.least >= m_since && range.greatest < m_until;
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
        // An unknown time is less than every m_since.
        if (times[i] >= m_since && times[i] < m_until)
            kept.push_back(static_cast<std::uint32_t>(i));
    }
    for_each_column(m_batch, [&](auto& column) {
        if (column.empty()) return;
        for (std::size_t i = 0; i < kept.size(); ++i) column[i] = column[kept[i]];
        column.resize(kept.size());
    });
    m_batch.size = kept.size();
    if (asks_for(m_query.columns, column_of(m_query.at))) return;
    if (m_query.at == At::created) m_batch.created_at.clear();
    if (m_query.at == At::updated) m_batch.updated_at.clear();
    if (m_query.at == At::received) m_batch.received_at.clear();
}

}  // namespace jobtally::store
