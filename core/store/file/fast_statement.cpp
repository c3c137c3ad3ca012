// Preparing, and the way out for errors.
#include "core/store/file/fast_statement.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/sqlite_error.hpp"

namespace jobtally::store {

FastStatement::FastStatement(const Store::Connection& connection, std::string_view sql,
                             bool lasting)
    : m_connection(connection) {
    const unsigned flags = lasting ? SQLITE_PREPARE_PERSISTENT : 0U;
    const int code = sqlite3_prepare_v3(connection.handle(), sql.data(),
                                        static_cast<int>(sql.size()), flags, &m_statement, nullptr);
    if (code != SQLITE_OK) throw_sqlite(code, connection.handle(), connection.path());
}

void FastStatement::fail(int code) const {
    // The reset frees the cursors; the message is read first because a reset may change it.
    try {
        throw_sqlite(code, m_connection.handle(), m_connection.path());
    } catch (...) {
        sqlite3_reset(m_statement);
        throw;
    }
}

}  // namespace jobtally::store
