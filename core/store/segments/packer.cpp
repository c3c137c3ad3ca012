// Packing the end of the table while it grows, and closing gaps when there is time.
#include "core/store/segments/packer.hpp"

#include "core/store/facts/facts.hpp"
#include "core/store/segments/segment_reader.hpp"

#include <algorithm>
#include <iterator>

namespace jobtally::store {

namespace {

// In segments: of a longer tail that would have to be read settle() packs piece by piece.
constexpr Sequence most_read = 4;

void append(FactBatch& to, const FactRow& row) {
    to.sequence.push_back(row.sequence);
    to.definition.push_back(row.definition);
    to.name.push_back(row.name);
    to.type.push_back(row.type);
    to.status_word.push_back(row.status);
    to.status.push_back(status_of_word(row.status));
    to.created_at.push_back(row.created_at);
    to.updated_at.push_back(row.updated_at);
    to.received_at.push_back(row.received_at);
    to.operations.push_back(row.operations);
    to.succeeded.push_back(row.succeeded);
    to.failed.push_back(row.failed);
    to.source.push_back(row.source);
    ++to.size;
}

void append(FactBatch& to, const FactBatch& from) {
    for_each_column([](auto& column,
                       const auto& more) { column.insert(column.end(), more.begin(), more.end()); },
                    to, from);
    to.size += from.size;
}

void remove_rows(FactBatch& batch, std::size_t first, std::size_t count) {
    for_each_column(
        [&](auto& column) {
            if (column.empty()) return;
            const auto begin = column.begin() + static_cast<std::ptrdiff_t>(first);
            column.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
        },
        batch);
    batch.size -= count;
}

}  // namespace

void Packer::forget() {
    m_is_loaded = m_has_tail = false;
    m_places.clear();
    clear(m_tail);
}

void Packer::load() {
    if (m_is_loaded) return;
    for (const auto& segment : list_segments(m_connection)) {
        m_places.emplace(segment.first, Place{segment.last, segment.rows});
    }
    m_is_loaded = true;
}

Sequence Packer::tail_first() const {
    return m_places.empty() ? 1 : std::prev(m_places.end())->second.last + 1;
}

void Packer::add(const FactRow& row) {
    load();
    // What is written is kept for packing, unless rows before it would have to be read for that.
    if (!m_has_tail && row.sequence == tail_first()) m_has_tail = true;
    if (m_has_tail) append(m_tail, row);
    if (row.sequence - tail_first() + 1 >= static_cast<Sequence>(limits.segment_rows)) {
        pack_tail(row.sequence);
    }
}

void Packer::remove(Sequence sequence) {
    load();
    if (sequence >= tail_first()) {
        if (!m_has_tail) return;
        const auto found =
            std::lower_bound(m_tail.sequence.begin(), m_tail.sequence.end(), sequence);
        if (found == m_tail.sequence.end() || *found != sequence) return forget();
        remove_rows(m_tail, static_cast<std::size_t>(found - m_tail.sequence.begin()), 1);
        return;
    }
    auto place = m_places.upper_bound(sequence);
    if (place == m_places.begin() || std::prev(place)->second.last < sequence) return;
    place = std::prev(place);
    // Without the last segment the tail begins earlier. Others of its rows may leave soon: it stays
    // open for as many rows as a segment has, or else each of them would have it packed again.
    if (std::next(place) == m_places.end()) {
        clear(m_tail);
        m_has_tail = false;
        m_open_until =
            std::max(m_open_until, place->second.last + static_cast<Sequence>(limits.segment_rows));
    }
    drop_segments(m_connection, place->first, place->first);
    m_places.erase(place);
}

void Packer::read_tail(Sequence last_sequence) {
    if (m_has_tail) return;
    m_tail = read_rows(m_connection, tail_first(), last_sequence);
    m_has_tail = true;
}

void Packer::pack_tail(Sequence last_sequence) {
    load();
    const auto width = last_sequence - tail_first() + 1;
    if (width < limits.tail || last_sequence < m_open_until) return;
    if (!m_has_tail && width > most_read * static_cast<Sequence>(limits.segment_rows)) return;
    read_tail(last_sequence);
    auto first = tail_first();
    if (!m_places.empty() && std::prev(m_places.end())->second.rows < limits.segment_rows) {
        const auto place = std::prev(m_places.end());
        first = place->first;
        FactBatch facts;
        take_segment(place, facts);
        append(facts, m_tail);
        m_tail = std::move(facts);
    }
    pack(m_tail, first, last_sequence);
    clear(m_tail);
}

// Writes [first, last] as segments of at most limits.segment_rows.
void Packer::pack(FactBatch& facts, Sequence first, Sequence last) {
    while (facts.size > limits.segment_rows) {
        FactBatch full = facts;
        remove_rows(full, limits.segment_rows, full.size - limits.segment_rows);
        const auto full_last = full.sequence.back();
        write_segment(m_connection, full, first, full_last);
        m_places.emplace(first, Place{full_last, full.size});
        first = full_last + 1;
        remove_rows(facts, 0, limits.segment_rows);
    }
    write_segment(m_connection, facts, first, last);
    m_places.emplace(first, Place{last, facts.size});
}

// Unpacks a segment behind `facts` and drops it.
void Packer::take_segment(Places::iterator place, FactBatch& facts) {
    FactBatch unpacked;
    SegmentReader(m_connection)
        .read({place->first, place->second.last, place->second.rows, {}, {}, {}, false},
              all_fact_columns, unpacked);
    append(facts, unpacked);
    drop_segments(m_connection, place->first, place->first);
    m_places.erase(place);
}

bool Packer::pack_gap(Sequence last_sequence) {
    load();
    Sequence next = 1;
    for (const auto& [first, place] : m_places) {
        if (first - next >= limits.gap) return pack_range(next, first - 1);
        next = place.last + 1;
    }
    return last_sequence - next + 1 >= limits.gap && pack_range(next, last_sequence);
}

bool Packer::pack_range(Sequence first, Sequence last) {
    // A range that is wide because of what was deleted may have few rows; one that is wide because
    // of what was written is packed piece by piece.
    const auto width = static_cast<Sequence>(limits.segment_rows);
    const auto end = std::min(last, first + width - 1);
    FactBatch facts;
    auto begin = first;
    auto before = m_places.lower_bound(first);
    if (before != m_places.begin()) {
        before = std::prev(before);
        if (before->second.last + 1 == first && before->second.rows < limits.segment_rows / 2) {
            begin = before->first;
            take_segment(before, facts);
        }
    }
    append(facts, read_rows(m_connection, first, end));
    pack(facts, begin, end);
    clear(m_tail);
    m_has_tail = false;
    return true;
}

}  // namespace jobtally::store
