// A prepared statement on SQLite's C API, for what runs once a report. SQLiteCpp's statement copies
// a shared pointer for each column it reads and copies each text it binds, which shows in loops
// over a million rows. Everything else uses statement.hpp.
#pragma once

#include "core/store/file/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace jobtally::store {

// Bound texts are not copied: they must live until the next step is done. Parameters count from 1,
// columns from 0. Every failure throws StoreError.
class FastStatement {
  public:
    // `lasting` when it is prepared once and run many times.
    FastStatement(const Store::Connection& connection, std::string_view sql, bool lasting = false);
    ~FastStatement() { sqlite3_finalize(m_statement); }
    FastStatement(const FastStatement&) = delete;
    FastStatement& operator=(const FastStatement&) = delete;

    void bind(int parameter, std::int64_t value) {
        check_bound(sqlite3_bind_int64(m_statement, parameter, value));
    }
    void bind_known(int parameter, std::int64_t value, bool is_known) {
        check_bound(is_known ? sqlite3_bind_int64(m_statement, parameter, value)
                             : sqlite3_bind_null(m_statement, parameter));
    }
    void bind(int parameter, const std::optional<std::int64_t>& value) {
        bind_known(parameter, value.value_or(0), value.has_value());
    }
    void bind(int parameter, std::string_view text) {
        check_bound(sqlite3_bind_text64(m_statement, parameter, text.empty() ? "" : text.data(),
                                        text.size(), SQLITE_STATIC, SQLITE_UTF8));
    }
    void bind_blob(int parameter, std::string_view bytes) {
        check_bound(sqlite3_bind_blob64(m_statement, parameter, bytes.empty() ? "" : bytes.data(),
                                        bytes.size(), SQLITE_STATIC));
    }
    void bind_null(int parameter) { check_bound(sqlite3_bind_null(m_statement, parameter)); }

    // True when there is a row.
    bool step() {
        const int code = sqlite3_step(m_statement);
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) fail(code);
        return false;
    }
    void reset() noexcept { sqlite3_reset(m_statement); }
    // Steps to the end and makes ready for the next run.
    void run() {
        while (step()) {
        }
        reset();
    }

    bool is_null(int column) const {
        return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
    }
    std::int64_t integer(int column) const { return sqlite3_column_int64(m_statement, column); }
    // The integer, or `otherwise` for NULL.
    std::int64_t integer_or(int column, std::int64_t otherwise) const {
        return is_null(column) ? otherwise : integer(column);
    }
    std::optional<std::int64_t> optional_integer(int column) const {
        if (is_null(column)) return std::nullopt;
        return integer(column);
    }
    // The bytes of a text or a blob, which are valid until the next step.
    std::string_view text(int column) const {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(m_statement, column));
        return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
    }
    std::optional<std::string> optional_text(int column) const {
        if (is_null(column)) return std::nullopt;
        return std::string(text(column));
    }

  private:
    void check_bound(int code) const {
        if (code != SQLITE_OK) fail(code);
    }
    [[noreturn]] void fail(int code) const;

    const Store::Connection& m_connection;
    sqlite3_stmt* m_statement = nullptr;
};

// Resets a lasting statement at the end of a scope, so that no cursor stays open after a throw.
class FastStatementUse {
  public:
    explicit FastStatementUse(FastStatement& statement) : m_statement(statement) {}
    ~FastStatementUse() { m_statement.reset(); }
    FastStatementUse(const FastStatementUse&) = delete;
    FastStatementUse& operator=(const FastStatementUse&) = delete;
    FastStatement* operator->() const { return &m_statement; }

  private:
    FastStatement& m_statement;
};

}  // namespace jobtally::store
