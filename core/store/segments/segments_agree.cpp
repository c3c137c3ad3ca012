// Comparing segments with rows.
#include "core/store/segments/segments_agree.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/segments/fact_columns.hpp"
#include "core/store/segments/scan_rows.hpp"
#include "core/store/segments/segment_reader.hpp"

namespace jobtally::store {

namespace {

bool same_facts(const FactBatch& a, const FactBatch& b) {
    return a.size == b.size && a.sequence == b.sequence && a.definition == b.definition &&
           a.name == b.name && a.type == b.type && a.status_word == b.status_word &&
           a.created_at == b.created_at && a.updated_at == b.updated_at &&
           a.received_at == b.received_at && a.operations == b.operations &&
           a.succeeded == b.succeeded && a.failed == b.failed;
}

bool same_range(const ValueRange& range, const std::vector<std::int64_t>& values) {
    ValueRange real;
    for (const auto value : values) {
        if (value == unknown_value) continue;
        if (real.least == unknown_value || value < real.least) real.least = value;
        if (real.greatest == unknown_value || value > real.greatest) real.greatest = value;
    }
    return real.least == range.least && real.greatest == range.greatest;
}

bool agrees(const Store::Connection& connection, const Segment& segment, SegmentReader& reader) {
    FactBatch rows;
    scan_rows(connection, {all_fact_columns, {}, At::created}, segment.first, segment.last,
              [&](const FactBatch& batch) { append(rows, batch); });
    FactBatch packed;
    try {
        reader.read(segment, all_fact_columns, packed);
    } catch (const StoreError& error) {
        if (error.kind() != StoreError::Kind::corrupt) throw;
        return false;
    }
    return same_facts(rows, packed) && same_range(segment.created_at, rows.created_at) &&
           same_range(segment.updated_at, rows.updated_at) &&
           same_range(segment.received_at, rows.received_at);
}

}  // namespace

std::vector<Sequence> disagreeing_segments(const Store& store) {
    const auto& connection = store.connection();
    const ReadScope scope(connection);
    SegmentReader reader(connection);
    std::vector<Sequence> disagreeing;
    Sequence next = 1;
    for (const auto& segment : list_segments(connection)) {
        const bool is_in_order = segment.first >= next && segment.last >= segment.first;
        if (!is_in_order || !agrees(connection, segment, reader)) {
            disagreeing.push_back(segment.first);
        }
        if (is_in_order) next = segment.last + 1;
    }
    return disagreeing;
}

bool segments_agree(const Store& store) {
    return disagreeing_segments(store).empty();
}

}  // namespace jobtally::store
