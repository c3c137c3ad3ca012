// Unpacking the columns of a segment and adding their bases.
#include "core/store/segments/segment_reader.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/segments/packed_values.hpp"

#include <algorithm>

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

// False where a known sum is negative.
bool add_difference_to_known(Values& to, const Values& base, const Values& less) {
    std::int64_t signs = 0;
    for (std::size_t i = 0; i < to.size(); ++i) {
        const auto sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(to[i]) +
                                                   static_cast<std::uint64_t>(base[i]) -
                                                   static_cast<std::uint64_t>(less[i]));
        signs |= to[i] == unknown_value ? 0 : sum;
        to[i] = to[i] == unknown_value ? unknown_value : sum;
    }
    return signs >= 0;
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

struct ValueColumn {
    FactColumn asked;
    SegmentColumn column;
    Values FactBatch::*to;
};
constexpr ValueColumn value_columns[] = {
    {FactColumn::sequence, SegmentColumn::sequence, &FactBatch::sequence},
    {FactColumn::created_at, SegmentColumn::created_at, &FactBatch::created_at},
    {FactColumn::updated_at, SegmentColumn::updated_at, &FactBatch::updated_at},
    {FactColumn::received_at, SegmentColumn::received_at, &FactBatch::received_at},
    {FactColumn::operations, SegmentColumn::operations, &FactBatch::operations},
    {FactColumn::operations, SegmentColumn::succeeded, &FactBatch::succeeded},
    {FactColumn::operations, SegmentColumn::failed, &FactBatch::failed},
};

struct KeyColumn {
    FactColumn asked;
    SegmentColumn column;
    std::vector<std::int32_t> FactBatch::*to;
};
constexpr KeyColumn key_columns[] = {
    {FactColumn::definition, SegmentColumn::definition, &FactBatch::definition},
    {FactColumn::name, SegmentColumn::name, &FactBatch::name},
    {FactColumn::type, SegmentColumn::type, &FactBatch::type},
    {FactColumn::status, SegmentColumn::status, &FactBatch::status_word},
    {FactColumn::source, SegmentColumn::source, &FactBatch::source},
};

}  // namespace

void SegmentReader::read(const Segment& segment, FactColumns columns, FactBatch& batch) {
    fetch(segment, columns);
    unpack(batch, segment.rows);
}

void SegmentReader::fetch(const Segment& segment, FactColumns columns) {
    m_segment = &segment;
    m_columns = 0;
    m_is_fetched.fill(false);
    fetch_also(columns);
}

void SegmentReader::fetch_also(FactColumns columns) {
    m_columns = static_cast<FactColumns>(m_columns | columns);
    m_rows = 0;
    m_place = {0, m_segment->rows};
    if (m_segment->rows == 0) return;
    for (const auto& each : key_columns) {
        if (asks_for(columns, each.asked)) fetch(each.column);
    }
    for (const auto& each : value_columns) {
        if (asks_for(columns, each.asked)) fetch_bases(each.column);
    }
    if (!asks_for(columns, FactColumn::ended_at)) return;
    fetch_bases(SegmentColumn::updated_at);
    fetch_bases(SegmentColumn::created_at);
}

void SegmentReader::fetch(SegmentColumn column) {
    if (m_is_fetched[column]) return;
    auto& statement = m_statements[column];
    if (!statement) {
        statement.emplace(
            m_connection,
            "SELECT packed FROM packed_column WHERE first_sequence = ? AND column_number = ?",
            true);
    }
    statement->reset();
    statement->bind(1, m_segment->first);
    statement->bind(2, static_cast<std::int64_t>(column));
    const bool is_there = statement->step();
    if (!is_there && column != SegmentColumn::source) throw_corrupt();
    m_packed[column] = is_there ? statement->text(0) : std::string_view();
    m_is_fetched[column] = true;
}

// Fetches a column and those that its values are relative to.
void SegmentReader::fetch_bases(SegmentColumn column) {
    if (m_is_fetched[column]) return;
    fetch(column);
    const auto base = base_of(m_packed[column]);
    if (!is_base_of(base, column)) throw_corrupt();
    if (base == PackedBase::created_at) fetch_bases(SegmentColumn::created_at);
    if (base == PackedBase::updated_at) fetch_bases(SegmentColumn::updated_at);
    if (base != PackedBase::successes) return;
    fetch_bases(SegmentColumn::operations);
    fetch_bases(SegmentColumn::failed);
}

bool SegmentReader::unpack(FactBatch& batch, std::size_t most) {
    m_place.before += m_rows;
    m_rows = batch.size = std::min(most, m_place.behind);
    m_place.behind -= m_rows;
    m_is_unpacked.fill(false);
    m_is_proven = true;
    for (const auto& each : key_columns) {
        auto& to = batch.*each.to;
        to.resize(asks_for(m_columns, each.asked) ? batch.size : 0);
        if (!to.empty()) unpack_keys(each.column, to);
    }
    for (const auto& each : value_columns) {
        const bool is_asked = asks_for(m_columns, each.asked);
        m_home[each.column] = is_asked ? &(batch.*each.to) : &m_unasked[each.column];
        if (!is_asked) (batch.*each.to).clear();
    }
    for (const auto& each : value_columns) {
        if (asks_for(m_columns, each.asked)) values(each.column);
    }
    batch.status.resize(batch.status_word.size());
    for (std::size_t i = 0; i < batch.status.size(); ++i)
        batch.status[i] = status_of_word(batch.status_word[i]);
    batch.ended_at.clear();
    if (!asks_for(m_columns, FactColumn::ended_at)) return m_is_proven;
    batch.ended_at = values(SegmentColumn::updated_at);
    const Values& created = values(SegmentColumn::created_at);
    for (std::size_t i = 0; i < batch.size; ++i) {
        if (batch.ended_at[i] == unknown_value) batch.ended_at[i] = created[i];
    }
    return m_is_proven;
}

const SegmentReader::Values& SegmentReader::values(SegmentColumn column) {
    if (!m_is_unpacked[column]) unpack_values_of(column);
    m_is_unpacked[column] = true;
    return *m_home[column];
}

void SegmentReader::unpack_values_of(SegmentColumn column) {
    Values& to = *m_home[column];
    to.resize(m_rows);
    if (to.empty()) return;
    const auto packed = m_packed[column];
    if (!unpack_values(packed, std::span(to), m_place)) throw_corrupt();
    m_bounds[column] = bounds_of(packed);
    add_base(column, base_of(packed));
    if (!is_proven(column)) m_is_proven = false;
}

void SegmentReader::unpack_keys(SegmentColumn column, std::vector<std::int32_t>& to) {
    const auto packed = m_packed[column];
    if (packed.empty() && column == SegmentColumn::source) return to.assign(to.size(), 0);
    if (!unpack_values(packed, std::span(to), m_place)) throw_corrupt();
}

void SegmentReader::add_base(SegmentColumn column, PackedBase base) {
    Values& to = *m_home[column];
    switch (base) {
        case PackedBase::none:
            return;
        case PackedBase::place:
            return add_places(to, m_segment->first + static_cast<Sequence>(m_place.before));
        case PackedBase::created_at:
            return add_times(column, SegmentColumn::created_at);
        case PackedBase::updated_at:
            return add_times(column, SegmentColumn::updated_at);
        case PackedBase::successes:
            const bool is_good = add_difference_to_known(to, values(SegmentColumn::operations),
                                                         values(SegmentColumn::failed));
            m_bounds[column] = {is_good ? 0 : INT64_MIN, INT64_MAX, true};
            return;
    }
    throw_corrupt();
}

void SegmentReader::add_times(SegmentColumn column, SegmentColumn base) {
    add_to_known(*m_home[column], values(base));
    PackedBounds& bounds = m_bounds[column];
    const PackedBounds& more = m_bounds[base];
    if (more.has_unknown || __builtin_add_overflow(bounds.least, more.least, &bounds.least) ||
        __builtin_add_overflow(bounds.greatest, more.greatest, &bounds.greatest)) {
        bounds = {INT64_MIN, INT64_MAX, true};
    }
}

bool SegmentReader::is_proven(SegmentColumn column) const {
    const PackedBounds& bounds = m_bounds[column];
    switch (column) {
        case SegmentColumn::created_at:
        case SegmentColumn::updated_at:
        case SegmentColumn::received_at:
            return bounds.least >= time::micros(time::earliest) &&
                   bounds.greatest < time::micros(time::end_of_time) &&
                   (column == SegmentColumn::updated_at || !bounds.has_unknown);
        case SegmentColumn::operations:
        case SegmentColumn::succeeded:
        case SegmentColumn::failed:
            return bounds.least >= 0;
        default:
            return true;
    }
}

void SegmentReader::throw_corrupt() const {
    throw_damaged(m_connection.path(),
                  fmt::format("segment {} can't be unpacked", m_segment->first),
                  "`jobtally db verify --repack` makes it again from the reports");
}

}  // namespace jobtally::store
