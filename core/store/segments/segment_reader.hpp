// Reading segments: the columns that are asked for, as a batch of facts.
#pragma once

#include "core/store/file/fast_statement.hpp"
#include "core/store/segments/packed_values.hpp"
#include "core/store/segments/segment_table.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace jobtally::store {

// Reads one segment after the other; the caller holds the read transaction.
class SegmentReader {
  public:
    explicit SegmentReader(const Store::Connection& connection) : m_connection(connection) {}

    // Fills the columns of `batch` that are asked for with all rows of the segment, and clears the
    // others. Throws StoreError::corrupt where the packed bytes make no sense.
    void read(const Segment& segment, FactColumns columns, FactBatch& batch);

    // The same in two steps, of which only the first uses the connection. What is fetched is valid
    // until the next fetch; `segment` must live as long. unpack() fills the batch with the next
    // rows, at most so many; it is true where it has seen that they pass require_plausible().
    void fetch(const Segment& segment, FactColumns columns);
    // Further columns of the same segment; the next unpack() begins with its first row again.
    void fetch_also(FactColumns columns);
    bool has_more() const { return m_place.behind > 0; }
    bool unpack(FactBatch& batch, std::size_t most);

  private:
    using Values = std::vector<std::int64_t>;

    void fetch(SegmentColumn column);
    void fetch_bases(SegmentColumn column);
    // Unpacks a column, once a segment, to its home.
    const Values& values(SegmentColumn column);
    void unpack_values_of(SegmentColumn column);
    void unpack_keys(SegmentColumn column, std::vector<std::int32_t>& to);
    void add_base(SegmentColumn column, PackedBase base);
    void add_times(SegmentColumn column, SegmentColumn base);
    bool is_proven(SegmentColumn column) const;
    [[noreturn]] void throw_corrupt() const;

    // A value for each column.
    template <class T>
    class ByColumn : public std::array<T, segment_columns> {
      public:
        T& operator[](SegmentColumn column) { return this->at(static_cast<std::size_t>(column)); }
        const T& operator[](SegmentColumn column) const {
            return this->at(static_cast<std::size_t>(column));
        }
    };

    const Store::Connection& m_connection;
    const Segment* m_segment = nullptr;
    FactColumns m_columns = 0;
    std::size_t m_rows = 0;  // that are unpacked together
    PackedPlace m_place{};   // of these
    // A statement a column keeps its bytes until it is used again, so that nobody copies them.
    ByColumn<std::optional<FastStatement>> m_statements;
    ByColumn<bool> m_is_fetched{};
    ByColumn<std::string_view> m_packed;
    ByColumn<bool> m_is_unpacked{};
    ByColumn<Values*> m_home{};       // the batch's column, or the one below
    ByColumn<Values> m_unasked;       // bases that nobody asked for
    ByColumn<PackedBounds> m_bounds;  // of the values with their base
    bool m_is_proven = false;
};

}  // namespace jobtally::store
