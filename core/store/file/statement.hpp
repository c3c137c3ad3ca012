// SQLiteCpp's prepared statement, which tells its failures as StoreErrors.
#pragma once

#include "core/store/file/connection.hpp"
#include "core/store/file/sqlite_error.hpp"

#include <optional>
#include <string>

#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

namespace jobtally::store {

// For everything that does not run once a report: fast_statement.hpp is for that. Binding copies.
class Statement : public SQLite::Statement {
  public:
    Statement(const Store::Connection& connection, const std::string& sql);

    // The same as in SQLiteCpp, except for what they throw.
    bool executeStep();
    int exec();

  private:
    const Store::Connection& m_connection;
};

inline Statement::Statement(const Store::Connection& connection, const std::string& sql) try
    : SQLite
    ::Statement(connection.database(), sql), m_connection(connection) {}
catch (const SQLite::Exception& error) {
    throw_sqlite(error.getExtendedErrorCode(), connection.handle(), connection.path());
}

inline bool Statement::executeStep() {
    const int code = tryExecuteStep();
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        throw_sqlite(code, m_connection.handle(), m_connection.path());
    return code == SQLITE_ROW;
}

inline int Statement::exec() {
    while (executeStep()) {
    }
    return getChanges();
}

inline std::optional<std::string> optional_text(const SQLite::Column& column) {
    return column.isNull() ? std::nullopt : std::optional(column.getString());
}

}  // namespace jobtally::store
