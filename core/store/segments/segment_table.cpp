// Listing, packing and dropping segments.
#include "core/store/segments/segment_table.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/fast_statement.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/segments/packed_values.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

using Values = std::vector<std::int64_t>;

ValueRange range_of(const Values& values) {
    ValueRange range;
    for (const auto value : values) {
        if (value == unknown_value) continue;
        if (range.least == unknown_value || value < range.least) range.least = value;
        if (range.greatest == unknown_value || value > range.greatest) range.greatest = value;
    }
    return range;
}

// values - base, wrapping; empty where a known value has no base or the difference can't be told
// from an unknown one.
Values differences(const Values& values, const Values& base) {
    Values result(values.size(), unknown_value);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] == unknown_value) continue;
        if (base[i] == unknown_value) return {};
        result[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(values[i]) -
                                              static_cast<std::uint64_t>(base[i]));
        if (result[i] == unknown_value) return {};
    }
    return result;
}

// The shorter of `best` and the values as differences from a base.
void improve(std::string& best, const Values& values, const Values& base, PackedBase kind) {
    const auto relative = differences(values, base);
    if (relative.size() != values.size()) return;
    auto packed = pack_values(relative, kind);
    if (packed.size() < best.size()) best = std::move(packed);
}

std::string pack_sequence(const FactBatch& facts, Sequence first) {
    Values places(facts.size);
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = first + static_cast<Sequence>(i);
    return pack_values(differences(facts.sequence, places), PackedBase::place);
}

std::string pack_keys(const std::vector<std::int32_t>& keys) {
    return pack_values(Values(keys.begin(), keys.end()), PackedBase::none);
}

std::string pack_updated(const FactBatch& facts) {
    auto packed = pack_values(facts.updated_at, PackedBase::none);
    improve(packed, facts.updated_at, facts.created_at, PackedBase::created_at);
    return packed;
}

std::string pack_received(const FactBatch& facts) {
    auto packed = pack_values(facts.received_at, PackedBase::none);
    improve(packed, facts.received_at, facts.created_at, PackedBase::created_at);
    improve(packed, facts.received_at, facts.updated_at, PackedBase::updated_at);
    return packed;
}

std::string pack_succeeded(const FactBatch& facts) {
    auto packed = pack_values(facts.succeeded, PackedBase::none);
    const auto successes = differences(facts.operations, facts.failed);
    if (successes.size() == facts.size) {
        improve(packed, facts.succeeded, successes, PackedBase::successes);
    }
    return packed;
}

void insert_segment(const Store::Connection& connection, const Segment& segment) {
    FastStatement statement(
        connection,
        "INSERT INTO segment (first_sequence, last_sequence, row_count, created_min, "
        "created_max, updated_min, updated_max, received_min, received_max, "
        "unknown_updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    statement.bind(1, segment.first);
    statement.bind(2, segment.last);
    statement.bind(3, static_cast<std::int64_t>(segment.rows));
    int parameter = 4;
    for (const auto& range : {segment.created_at, segment.updated_at, segment.received_at}) {
        const bool is_known = range.least != unknown_value;
        statement.bind_known(parameter++, range.least, is_known);
        statement.bind_known(parameter++, range.greatest, is_known);
    }
    statement.bind(parameter, static_cast<std::int64_t>(segment.has_unknown_updated));
    statement.run();
}

void insert_columns(const Store::Connection& connection, const FactBatch& facts, Sequence first) {
    FastStatement statement(connection,
                            "INSERT INTO packed_column (first_sequence, column_number, packed) "
                            "VALUES (?, ?, ?)");
    const auto insert = [&](SegmentColumn column, const std::string& packed) {
        statement.bind(1, first);
        statement.bind(2, static_cast<std::int64_t>(column));
        statement.bind_blob(3, packed);
        statement.run();
    };
    insert(SegmentColumn::sequence, pack_sequence(facts, first));
    insert(SegmentColumn::definition, pack_keys(facts.definition));
    insert(SegmentColumn::name, pack_keys(facts.name));
    insert(SegmentColumn::type, pack_keys(facts.type));
    insert(SegmentColumn::status, pack_keys(facts.status_word));
    insert(SegmentColumn::created_at, pack_values(facts.created_at, PackedBase::none));
    insert(SegmentColumn::updated_at, pack_updated(facts));
    insert(SegmentColumn::received_at, pack_received(facts));
    insert(SegmentColumn::operations, pack_values(facts.operations, PackedBase::none));
    insert(SegmentColumn::succeeded, pack_succeeded(facts));
    insert(SegmentColumn::failed, pack_values(facts.failed, PackedBase::none));
    const auto& sources = facts.source;
    if (std::count(sources.begin(), sources.end(), 0) < std::ssize(sources))
        insert(SegmentColumn::source, pack_keys(sources));
}

constexpr std::int64_t possible_rows = 1 << 22;  // a segment that is written has far fewer

void require_possible(const Store::Connection& connection, Sequence first, Sequence last,
                      std::int64_t rows) {
    const bool is_range = first >= 1 && last >= first && last < INT64_MAX;
    if (is_range && rows >= 0 && rows <= possible_rows && rows <= last - first + 1) return;
    throw_damaged(connection.path(), fmt::format("segment {} is impossible", first),
                  "`jobtally db verify --repack` makes it again from the reports");
}

}  // namespace

std::vector<Segment> list_segments(const Store::Connection& connection) {
    FastStatement row(connection,
                      "SELECT first_sequence, last_sequence, row_count, created_min, created_max, "
                      "updated_min, updated_max, received_min, received_max, unknown_updated "
                      "FROM segment ORDER BY first_sequence");
    const auto range = [&](int column) {
        return ValueRange{row.integer_or(column, unknown_value),
                          row.integer_or(column + 1, unknown_value)};
    };
    std::vector<Segment> segments;
    while (row.step()) {
        require_possible(connection, row.integer(0), row.integer(1), row.integer(2));
        segments.push_back({row.integer(0), row.integer(1),
                            static_cast<std::size_t>(row.integer(2)), range(3), range(5), range(7),
                            row.integer(9) != 0});
    }
    return segments;
}

Segment segment_of(const FactBatch& facts, Sequence first, Sequence last) {
    const auto& updated = facts.updated_at;
    const bool has_unknown_updated =
        std::find(updated.begin(), updated.end(), unknown_value) != updated.end();
    return {first,
            last,
            facts.size,
            range_of(facts.created_at),
            range_of(updated),
            range_of(facts.received_at),
            has_unknown_updated};
}

void write_segment(const Store::Connection& connection, const FactBatch& facts, Sequence first,
                   Sequence last) {
    insert_segment(connection, segment_of(facts, first, last));
    if (facts.size > 0) insert_columns(connection, facts, first);
}

void drop_segments(const Store::Connection& connection, Sequence first, Sequence last) {
    for (const char* sql :
         {"DELETE FROM packed_column WHERE first_sequence IN (SELECT first_sequence FROM segment "
          "WHERE first_sequence <= ?2 AND last_sequence >= ?1)",
          "DELETE FROM segment WHERE first_sequence <= ?2 AND last_sequence >= ?1"}) {
        FastStatement statement(connection, sql);
        statement.bind(1, first);
        statement.bind(2, last);
        statement.run();
    }
}

}  // namespace jobtally::store
