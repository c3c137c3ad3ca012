#include "core/store/reports/report_table.hpp"

#include "core/store/file/connection.hpp"

namespace jobtally::store {

ReportTable::ReportTable(const Store::Connection& connection)
    : m_connection(connection),
      m_insert(connection,
               "INSERT INTO report (sequence, id, definition, name, type, status, created_at, "
               "updated_at, "
               "received_at, total_operations, total_succeeded, total_failed, unknown_members, "
               "source) "
               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
               "ON CONFLICT (id) DO NOTHING",
               true),
      m_find(
          connection,
          "SELECT sequence, definition, name, type, status, created_at, updated_at, received_at, "
          "total_operations, total_succeeded, total_failed, source FROM report WHERE id = ?",
          true),
      m_remove(connection, "DELETE FROM report WHERE sequence = ?", true) {}

bool ReportTable::insert(const FactRow& row, std::string_view id,
                         std::string_view unknown_members) {
    const FastStatementUse statement(m_insert);
    statement->bind(1, row.sequence);
    statement->bind(2, id);
    statement->bind_known(3, row.definition, row.definition != 0);
    statement->bind_known(4, row.name, row.name != 0);
    statement->bind_known(5, row.type, row.type != 0);
    statement->bind(6, row.status);
    statement->bind(7, row.created_at);
    statement->bind_known(8, row.updated_at, row.updated_at != unknown_value);
    statement->bind(9, row.received_at);
    statement->bind_known(10, row.operations, row.operations != unknown_value);
    statement->bind_known(11, row.succeeded, row.succeeded != unknown_value);
    statement->bind_known(12, row.failed, row.failed != unknown_value);
    if (unknown_members.empty()) {
        statement->bind_null(13);
    } else {
        statement->bind(13, unknown_members);
    }
    statement->bind_known(14, row.source, row.source != 0);
    statement->step();
    return sqlite3_changes(m_connection.handle()) != 0;
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
