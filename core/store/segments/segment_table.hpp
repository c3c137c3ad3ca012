// The tables `segment` and `packed_column`: which segments there are, writing and dropping them.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"

#include <string>
#include <vector>

namespace jobtally::store {

// The numbers in packed_column; never change one.
enum class SegmentColumn : std::uint8_t {
    sequence,
    definition,
    name,
    type,
    status,
    created_at,
    updated_at,
    received_at,
    operations,
    succeeded,
    failed,
    source,  // left out where no report of the segment has one
};
inline constexpr std::size_t segment_columns = 12;

// The least and the greatest; unknown_value for both where there is none.
struct ValueRange {
    std::int64_t least = unknown_value;
    std::int64_t greatest = unknown_value;
    bool operator==(const ValueRange&) const = default;
};

// A packed copy of the reports with first <= sequence <= last.
struct Segment {
    Sequence first = 0;
    Sequence last = 0;
    std::size_t rows = 0;
    ValueRange created_at;
    ValueRange updated_at;
    ValueRange received_at;
    bool has_unknown_updated = false;
    bool operator==(const Segment&) const = default;
};

// All segments, by their first sequence. Throws StoreError::corrupt where they can't be true.
std::vector<Segment> list_segments(const Store::Connection& connection);

// The description of a segment that holds these facts, which are in the order of their sequence.
Segment segment_of(const FactBatch& facts, Sequence first, Sequence last);

// Packs all columns of `facts` as the segment of [first, last].
void write_segment(const Store::Connection& connection, const FactBatch& facts, Sequence first,
                   Sequence last);
// Drops all segments that have a sequence in common with [first, last].
void drop_segments(const Store::Connection& connection, Sequence first, Sequence last);

}  // namespace jobtally::store
