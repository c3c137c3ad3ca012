// Reading rows into batches, of which the query names only the columns that are asked for; and the
// check of a batch: one pass over each column, without branches, so that it takes no noticeable
// time compared with the unpacking.
#include "core/store/facts/facts.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/fast_statement.hpp"
#include "core/store/file/sqlite_error.hpp"

#include <algorithm>
#include <string>

namespace jobtally::store {

namespace {

constexpr std::int64_t first_time = time::micros(time::earliest);
constexpr std::int64_t end_of_times = time::micros(time::end_of_time);

// True when all values that are known lie in [first, first + size).
bool all_within(const std::vector<std::int64_t>& values, std::int64_t first, std::uint64_t size) {
    bool is_good = true;
    for (const auto value : values) {
        const auto distance = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(first);
        is_good = is_good & ((distance < size) | (value == unknown_value));
    }
    return is_good;
}

bool all_keys(const std::vector<std::int32_t>& keys) {
    std::int32_t bits = 0;
    for (const auto key : keys) bits |= key;
    return bits >= 0;
}

}  // namespace

void require_plausible(const FactBatch& batch, const Store::Connection& connection) {
    bool is_good = true;
    for (const auto* keys :
         {&batch.definition, &batch.name, &batch.type, &batch.status_word, &batch.source}) {
        is_good = is_good && all_keys(*keys);
    }
    for (const auto* times :
         {&batch.created_at, &batch.updated_at, &batch.received_at, &batch.ended_at}) {
        is_good = is_good && all_within(*times, first_time,
                                        static_cast<std::uint64_t>(end_of_times - first_time));
    }
    for (const auto* times : {&batch.created_at, &batch.received_at, &batch.ended_at}) {
        is_good = is_good && std::find(times->begin(), times->end(), unknown_value) == times->end();
    }
    for (const auto* counts : {&batch.operations, &batch.succeeded, &batch.failed}) {
        is_good = is_good && all_within(*counts, 0, std::uint64_t{1} << 63);
    }
    if (is_good) return;
    throw_damaged(connection.path(), "it holds values that no report has");
}

namespace {

const char* name_of(WhichTime at) {
    if (at == WhichTime::updated) return "coalesce(updated_at, created_at)";
    return at == WhichTime::received ? "received_at" : "created_at";
}

std::string columns_of(const FactQuery& query) {
    std::string columns;
    const auto add = [&](FactColumn column, const char* names) {
        if (!asks_for(query.columns, column)) return;
        if (!columns.empty()) columns += ", ";
        columns += names;
    };
    add(FactColumn::sequence, "sequence");
    add(FactColumn::definition, "definition");
    add(FactColumn::name, "name");
    add(FactColumn::type, "type");
    add(FactColumn::status, "status");
    add(FactColumn::created_at, "created_at");
    add(FactColumn::updated_at, "updated_at");
    add(FactColumn::received_at, "received_at");
    add(FactColumn::operations, "total_operations, total_succeeded, total_failed");
    add(FactColumn::ended_at, name_of(WhichTime::updated));
    add(FactColumn::source, "source");
    return columns.empty() ? "1" : columns;
}

std::string row_query(const FactQuery& query) {
    std::string sql =
        "SELECT " + columns_of(query) + " FROM report WHERE sequence BETWEEN ?1 AND ?2";
    if (query.span.since) sql += std::string(" AND ") + name_of(query.at) + " >= ?3";
    if (query.span.until) sql += std::string(" AND ") + name_of(query.at) + " < ?4";
    return sql;
}

void append_row(FactBatch& batch, const FastStatement& row, FactColumns columns) {
    int place = 0;
    const auto key = [&](FactColumn column, std::vector<std::int32_t>& to) {
        if (asks_for(columns, column)) to.push_back(key_of(row.integer(place++)));
    };
    const auto value = [&](FactColumn column, std::vector<std::int64_t>& to) {
        if (asks_for(columns, column)) to.push_back(row.integer_or(place++, unknown_value));
    };
    value(FactColumn::sequence, batch.sequence);
    key(FactColumn::definition, batch.definition);
    key(FactColumn::name, batch.name);
    key(FactColumn::type, batch.type);
    key(FactColumn::status, batch.status_word);
    if (asks_for(columns, FactColumn::status)) {
        batch.status.push_back(status_of_word(batch.status_word.back()));
    }
    value(FactColumn::created_at, batch.created_at);
    value(FactColumn::updated_at, batch.updated_at);
    value(FactColumn::received_at, batch.received_at);
    value(FactColumn::operations, batch.operations);
    value(FactColumn::operations, batch.succeeded);
    value(FactColumn::operations, batch.failed);
    value(FactColumn::ended_at, batch.ended_at);
    key(FactColumn::source, batch.source);
    ++batch.size;
}

// Hands on batches of `rows_a_batch`, and a last one that may be empty.
template <class Take>
void scan(const Store::Connection& connection, const FactQuery& query, Sequence first,
          Sequence last, std::size_t rows_a_batch, Take take) {
    FastStatement rows(connection, row_query(query));
    rows.bind(1, first);
    rows.bind(2, last);
    if (query.span.since) rows.bind(3, time::micros(*query.span.since));
    if (query.span.until) rows.bind(4, time::micros(*query.span.until));
    FactBatch batch;
    while (rows.step()) {
        append_row(batch, rows, query.columns);
        if (batch.size < rows_a_batch) continue;
        require_plausible(batch, connection);
        take(batch);
        clear(batch);
    }
    require_plausible(batch, connection);
    take(batch);
}

}  // namespace

void scan_rows(const Store::Connection& connection, const FactQuery& query, Sequence first,
               Sequence last, const std::function<void(const FactBatch&)>& take) {
    constexpr std::size_t rows_a_batch = 8192;
    scan(connection, query, first, last, rows_a_batch, [&](const FactBatch& batch) {
        if (batch.size > 0) take(batch);
    });
}

FactBatch read_rows(const Store::Connection& connection, Sequence first, Sequence last) {
    FactBatch all;
    scan(connection, {all_fact_columns, {}, WhichTime::created}, first, last, SIZE_MAX,
         [&](FactBatch& batch) { all = std::move(batch); });
    return all;
}

}  // namespace jobtally::store
