#include "core/store/file/statement.hpp"

#include "core/store/file/sqlite_error.hpp"

#include <sqlite3.h>

namespace jobtally::store {

Statement::Statement(const Store::Connection& connection, const std::string& sql) try : SQLite
    ::Statement(connection.database(), sql), m_connection(connection) {}
catch (const SQLite::Exception& error) {
    throw_sqlite(error.getExtendedErrorCode(), connection.handle(), connection.path());
}

bool Statement::executeStep() {
    const int code = tryExecuteStep();
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        throw_sqlite(code, m_connection.handle(), m_connection.path());
    return code == SQLITE_ROW;
}

int Statement::exec() {
    while (executeStep()) {
    }
    return getChanges();
}

}  // namespace jobtally::store
