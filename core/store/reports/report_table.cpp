#include "core/store/reports/report_table.hpp"

namespace jobtally::store {

ReportTable::ReportTable(const Store::Connection& connection)
    : m_incoming(connection),
      // FAIL: what fails is rolled back with its transaction, so that SQLite need not remember how
      // to take back this statement alone.
      m_insert(connection,
               "INSERT OR FAIL INTO report (sequence, id, definition, name, type, status, "
               "created_at, updated_at, received_at, total_operations, total_succeeded, "
               "total_failed, unknown_members, source) SELECT * FROM incoming WHERE true "
               "ON CONFLICT (id) DO NOTHING",
               true),
      m_find(
          connection,
          "SELECT sequence, definition, name, type, status, created_at, updated_at, received_at, "
          "total_operations, total_succeeded, total_failed, source FROM report WHERE id = ?",
          true),
      m_remove(connection, "DELETE FROM report WHERE sequence = ?", true) {}

std::size_t ReportTable::insert(std::span<const IncomingRow> rows) {
    m_incoming.set(rows);
    const FastStatementUse statement(m_insert);
    statement->step();
    return m_incoming.inserted();
}

std::optional<FactRow> ReportTable::find(std::string_view id) {
    const FastStatementUse statement(m_find);
    statement->bind(1, id);
    if (!statement->step()) return std::nullopt;
    FactRow row;
    row.sequence = statement->integer(0);
    row.definition = static_cast<DefinitionKey>(statement->integer(1));
    row.name = static_cast<WordKey>(statement->integer(2));
    row.type = static_cast<WordKey>(statement->integer(3));
    row.status = static_cast<WordKey>(statement->integer(4));
    row.created_at = statement->integer(5);
    row.updated_at = statement->integer_or(6, unknown_value);
    row.received_at = statement->integer(7);
    row.operations = statement->integer_or(8, unknown_value);
    row.succeeded = statement->integer_or(9, unknown_value);
    row.failed = statement->integer_or(10, unknown_value);
    row.source = static_cast<WordKey>(statement->integer(11));
    return row;
}

void ReportTable::remove(Sequence sequence) {
    const FastStatementUse statement(m_remove);
    statement->bind(1, sequence);
    statement->step();
}

}  // namespace jobtally::store
