// Reading segments: the columns that are asked for, as a batch of facts.
#pragma once

#include "core/store/file/fast_statement.hpp"
#include "core/store/segments/packed_values.hpp"
#include "core/store/segments/segment_table.hpp"

#include <array>
#include <string_view>

namespace jobtally::store {

// Reads one segment after the other; the caller holds the read transaction.
class SegmentReader {
  public:
    explicit SegmentReader(const Store::Connection& connection);

    // Fills the columns of `batch` that are asked for with all rows of the segment.
    // Throws StoreError::corrupt where the packed bytes make no sense.
    void read(const Segment& segment, FactColumns columns, FactBatch& batch);

  private:
    // The values of a column, decoded at most once a segment.
    const std::vector<std::int64_t>& values(SegmentColumn column);
    void read_values(SegmentColumn column, std::vector<std::int64_t>& to);
    void read_keys(SegmentColumn column, std::vector<std::int32_t>& to);
    void add_base(PackedBase base, std::vector<std::int64_t>& to);
    std::string_view packed(SegmentColumn column);
    [[noreturn]] void throw_corrupt() const;

    const Store::Connection& m_connection;
    FastStatement m_read;
    const Segment* m_segment = nullptr;
    std::array<std::vector<std::int64_t>, segment_columns> m_values;
    std::array<bool, segment_columns> m_is_read{};
};

}  // namespace jobtally::store
