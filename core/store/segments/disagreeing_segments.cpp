#include "core/store/facts/facts.hpp"
#include "core/store/file/connection.hpp"
#include "core/store/segments/segment_reader.hpp"
#include "core/store/segments/segments.hpp"

namespace jobtally::store {

namespace {

// True if the segment equals what packing its rows now would give.
bool agrees(const Store::Connection& connection, const Segment& segment, SegmentReader& reader) {
    const auto rows = read_rows(connection, segment.first, segment.last);
    FactBatch packed;
    try {
        reader.read(segment, all_fact_columns, packed);
    } catch (const StoreError& error) {
        if (error.kind() != StoreError::Kind::corrupt) throw;
        return false;
    }
    return packed == rows && segment == segment_of(rows, segment.first, segment.last);
}

}  // namespace

std::vector<Sequence> disagreeing_segments(const Store::Connection& connection) {
    const ReadScope scope(connection);
    SegmentReader reader(connection);
    std::vector<Sequence> disagreeing;
    Sequence next = 1;
    for (const auto& segment : list_segments(connection)) {
        const bool is_in_order = segment.first >= next;
        if (!is_in_order || !agrees(connection, segment, reader))
            disagreeing.push_back(segment.first);
        if (is_in_order) next = segment.last + 1;
    }
    return disagreeing;
}

}  // namespace jobtally::store
