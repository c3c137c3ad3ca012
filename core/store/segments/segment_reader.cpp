// Unpacking the columns of a segment and adding their bases.
#include "core/store/segments/segment_reader.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/segments/packed_values.hpp"

#include <fmt/format.h>

namespace jobtally::store {

namespace {

using Values = std::vector<std::int64_t>;

void add_to_known(Values& to, const Values& base) {
    for (std::size_t i = 0; i < to.size(); ++i) {
        const auto sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(to[i]) +
                                                   static_cast<std::uint64_t>(base[i]));
        to[i] = to[i] == unknown_value ? unknown_value : sum;
    }
}

void add_difference_to_known(Values& to, const Values& base, const Values& less) {
    for (std::size_t i = 0; i < to.size(); ++i) {
        const auto sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(to[i]) +
                                                   static_cast<std::uint64_t>(base[i]) -
                                                   static_cast<std::uint64_t>(less[i]));
        to[i] = to[i] == unknown_value ? unknown_value : sum;
    }
}

void add_places(Values& to, Sequence first) {
    for (std::size_t i = 0; i < to.size(); ++i) {
        to[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(to[i]) +
                                          static_cast<std::uint64_t>(first) + i);
    }
}

// Other bases are never written; in a damaged store they could go round in circles.
bool is_base_of(PackedBase base, SegmentColumn column) {
    switch (base) {
        case PackedBase::none:
            return true;
        case PackedBase::place:
            return column == SegmentColumn::sequence;
        case PackedBase::created_at:
            return column == SegmentColumn::updated_at || column == SegmentColumn::received_at;
        case PackedBase::updated_at:
            return column == SegmentColumn::received_at;
        case PackedBase::successes:
            return column == SegmentColumn::succeeded;
    }
    return false;
}

}  // namespace

SegmentReader::SegmentReader(const Store::Connection& connection)
    : m_connection(connection),
      m_read(connection,
             "SELECT packed FROM segment_column WHERE first_sequence = ? AND column_number = ?",
             true) {}

void SegmentReader::read(const Segment& segment, FactColumns columns, FactBatch& batch) {
    m_segment = &segment;
    m_is_read.fill(false);
    batch.size = segment.rows;
    const auto key = [&](FactColumn asked, SegmentColumn column, std::vector<std::int32_t>& to) {
        if (asks_for(columns, asked)) read_keys(column, to);
    };
    const auto value = [&](FactColumn asked, SegmentColumn column, Values& to) {
        if (asks_for(columns, asked)) to = values(column);
    };
    value(FactColumn::sequence, SegmentColumn::sequence, batch.sequence);
    key(FactColumn::definition, SegmentColumn::definition, batch.definition);
    key(FactColumn::name, SegmentColumn::name, batch.name);
    key(FactColumn::type, SegmentColumn::type, batch.type);
    key(FactColumn::status, SegmentColumn::status, batch.status_word);
    if (asks_for(columns, FactColumn::status)) {
        batch.status.resize(batch.size);
        for (std::size_t i = 0; i < batch.size; ++i) {
            batch.status[i] = status_of_word(batch.status_word[i]);
        }
    }
    value(FactColumn::created_at, SegmentColumn::created_at, batch.created_at);
    value(FactColumn::updated_at, SegmentColumn::updated_at, batch.updated_at);
    value(FactColumn::received_at, SegmentColumn::received_at, batch.received_at);
    value(FactColumn::operations, SegmentColumn::operations, batch.operations);
    value(FactColumn::operations, SegmentColumn::succeeded, batch.succeeded);
    value(FactColumn::operations, SegmentColumn::failed, batch.failed);
    key(FactColumn::source, SegmentColumn::source, batch.source);
    if (!asks_for(columns, FactColumn::ended_at)) return;
    batch.ended_at = values(SegmentColumn::updated_at);
    const Values& created = values(SegmentColumn::created_at);
    for (std::size_t i = 0; i < batch.size; ++i) {
        if (batch.ended_at[i] == unknown_value) batch.ended_at[i] = created[i];
    }
}

const Values& SegmentReader::values(SegmentColumn column) {
    const auto number = static_cast<std::size_t>(column);
    if (!m_is_read[number]) read_values(column, m_values[number]);
    m_is_read[number] = true;
    return m_values[number];
}

void SegmentReader::read_values(SegmentColumn column, Values& to) {
    to.resize(m_segment->rows);
    if (to.empty()) return;
    const FastStatementUse statement(m_read);
    const auto bytes = packed(column);
    if (!unpack_values(bytes, std::span(to))) throw_corrupt();
    const auto base = base_of(bytes);
    if (!is_base_of(base, column)) throw_corrupt();
    // The statement is used again for the base.
    m_read.reset();
    add_base(base, to);
}

void SegmentReader::read_keys(SegmentColumn column, std::vector<std::int32_t>& to) {
    to.resize(m_segment->rows);
    if (to.empty()) return;
    const FastStatementUse statement(m_read);
    const auto bytes = packed(column);
    if (bytes.empty() && column == SegmentColumn::source) return to.assign(to.size(), 0);
    if (!unpack_values(bytes, std::span(to))) throw_corrupt();
}

void SegmentReader::add_base(PackedBase base, Values& to) {
    switch (base) {
        case PackedBase::none:
            return;
        case PackedBase::place:
            return add_places(to, m_segment->first);
        case PackedBase::created_at:
            return add_to_known(to, values(SegmentColumn::created_at));
        case PackedBase::updated_at:
            return add_to_known(to, values(SegmentColumn::updated_at));
        case PackedBase::successes:
            return add_difference_to_known(to, values(SegmentColumn::operations),
                                           values(SegmentColumn::failed));
    }
    throw_corrupt();
}

std::string_view SegmentReader::packed(SegmentColumn column) {
    m_read.bind(1, m_segment->first);
    m_read.bind(2, static_cast<std::int64_t>(column));
    const bool is_there = m_read.step();
    if (!is_there && column != SegmentColumn::source) throw_corrupt();
    return is_there ? m_read.text(0) : std::string_view();
}

void SegmentReader::throw_corrupt() const {
    throw StoreError(StoreError::Kind::corrupt,
                     fmt::format("store \"{}\" is damaged: segment {} can't be unpacked",
                                 m_connection.path().string(), m_segment->first),
                     "`jobtally db verify --repack` makes it again from the reports");
}

}  // namespace jobtally::store
