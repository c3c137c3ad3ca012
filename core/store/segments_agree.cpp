// Comparing segments with rows.
#include "core/store/segments_agree.hpp"

#include "core/store/connection.hpp"
#include "core/store/fact_columns.hpp"
#include "core/store/scan_rows.hpp"
#include "core/store/segment_reader.hpp"

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

}  // namespace

bool segments_agree(const Store& store) {
    const auto& connection = store.connection();
    const ReadScope scope(connection);
    SegmentReader reader(connection);
    FactBatch packed;
    Sequence next = 1;
    for (const auto& segment : list_segments(connection)) {
        if (segment.first < next || segment.last < segment.first) return false;
        next = segment.last + 1;
        FactBatch rows;
        scan_rows(connection, {all_fact_columns, {}, At::created}, segment.first, segment.last,
                  [&](const FactBatch& batch) { append(rows, batch); });
        reader.read(segment, all_fact_columns, packed);
        if (!same_facts(rows, packed) || !same_range(segment.created_at, rows.created_at) ||
            !same_range(segment.updated_at, rows.updated_at) ||
            !same_range(segment.received_at, rows.received_at)) {
            return false;
        }
    }
    return true;
}

}  // namespace jobtally::store
