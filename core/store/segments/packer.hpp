// When and what is packed. Works inside the writer's open transaction, under the write guard.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"

#include <map>

namespace jobtally::store {

// In rows, or in the width of a range of sequences.
struct PackingLimits {
    std::size_t segment_rows = 16'384;  // a segment of this many rows is full
    std::int64_t tail = 4'096;          // a commit packs the end if this much of it is unpacked
    std::int64_t gap = 512;             // settle() packs an unpacked range of this width
};

class Packer {
  public:
    explicit Packer(const Store::Connection& connection) : m_connection(connection) {}

    PackingLimits limits;

    // Forgets the segments, which are read again before the next use.
    void forget();
    // A row came to the end of the table.
    void add(const FactRow& row);
    // A row left the table: drops the segment that holds it.
    void remove(Sequence sequence);
    // Before a commit: packs the end of the table if it has grown long enough, and has not lost its
    // segment lately.
    void pack_tail(Sequence last_sequence);
    // Packs a piece of the first unpacked range that is at least limits.gap wide, with a small
    // segment in front of it; false when there is none. Reads at most limits.segment_rows rows.
    bool pack_gap(Sequence last_sequence);

  private:
    struct Place {
        Sequence last = 0;
        std::size_t rows = 0;
    };
    using Places = std::map<Sequence, Place>;

    void load();
    Sequence tail_first() const;
    void read_tail(Sequence last_sequence);
    void pack(FactBatch& facts, Sequence first, Sequence last);
    void take_segment(Places::iterator place, FactBatch& facts);
    bool pack_range(Sequence first, Sequence last);

    const Store::Connection& m_connection;
    bool m_is_loaded = false;
    Places m_places;
    FactBatch m_tail;  // the rows behind the last segment, if m_has_tail
    bool m_has_tail = false;
    Sequence m_open_until = 0;  // up to here the tail is packed by pack_gap() alone
};

}  // namespace jobtally::store
