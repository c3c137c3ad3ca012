#include "core/store/reports/replaced.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/segments/segments.hpp"

#include <algorithm>

namespace jobtally::store {

ReplacedTable::ReplacedTable(const Store::Connection& connection)
    : m_find(connection, "SELECT first_at, failed_at, well_at FROM replaced WHERE sequence = ?",
             true),
      m_note(connection,
             "INSERT INTO replaced (sequence, first_at, failed_at, well_at) VALUES (?, ?, ?, ?)",
             true) {}

Past ReplacedTable::past_of(const FactRow& row) {
    Past past{row.received_at};
    const FastStatementUse statement(m_find);
    statement->bind(1, row.sequence);
    if (statement->step()) {
        past = {statement->integer(0), statement->optional_integer(1),
                statement->optional_integer(2)};
    }
    past.was_well = row.status == word_success;
    if (row.status == word_failure && !past.failed_at) {
        const bool has_end = row.updated_at != unknown_value;
        past.failed_at = std::min(has_end ? row.updated_at : row.created_at, row.received_at);
    }
    return past;
}

void ReplacedTable::note(const FactRow& row, Past past) {
    if (row.status == word_failure) {
        past.well_at.reset();
        // Only a mail made after it came tells a failure that was told as a success.
        if (past.was_well && !past.failed_at) past.failed_at = row.received_at;
    }
    if (row.status == word_success && past.failed_at && !past.well_at)
        past.well_at = row.received_at;
    const FastStatementUse statement(m_note);
    statement->bind(1, row.sequence);
    statement->bind(2, past.first_at);
    statement->bind(3, past.failed_at);
    statement->bind(4, past.well_at);
    statement->step();
}

std::unordered_set<Sequence> read_known_before(const Store& store, time::Instant since) {
    Sequence first = INT64_MAX;  // they come in the order of their sequences
    const FactQuery arrived{FactColumns(FactColumn::sequence), {since, {}}, WhichTime::received};
    scan_facts(store, arrived, [&](const FactBatch& batch) {
        for (const Sequence sequence : batch.sequence) first = std::min(first, sequence);
    });
    FastStatement row(store.connection(),
                      "SELECT sequence FROM replaced WHERE sequence >= ? AND first_at < ?");
    row.bind(1, first);
    row.bind(2, time::micros(since));
    std::unordered_set<Sequence> known;
    while (row.step()) known.insert(row.integer(0));
    return known;
}

std::unordered_map<Sequence, std::int64_t> read_failing_at(const Store& store,
                                                           time::Instant since) {
    FastStatement row(store.connection(),
                      "SELECT sequence, failed_at FROM replaced WHERE failed_at < ?1 "
                      "AND (well_at IS NULL OR well_at >= ?1)");
    row.bind(1, time::micros(since));
    std::unordered_map<Sequence, std::int64_t> failing;
    while (row.step()) failing.emplace(row.integer(0), row.integer(1));
    return failing;
}

}  // namespace jobtally::store
