// SQLiteCpp's prepared statement, which tells its failures as StoreErrors.
#pragma once

#include "core/store/file/connection.hpp"

#include <optional>
#include <string>

#include <SQLiteCpp/Statement.h>

namespace jobtally::store {

// For everything that does not run once a report: fast_statement.hpp is for that. Binding copies.
class Statement : public SQLite::Statement {
  public:
    Statement(const Store::Connection& connection, const std::string& sql);

    // Those of SQLiteCpp, but for what they throw.
    bool executeStep();
    int exec();

  private:
    const Store::Connection& m_connection;
};

inline std::optional<std::string> optional_text(const SQLite::Column& column) {
    return column.isNull() ? std::nullopt : std::optional(column.getString());
}

}  // namespace jobtally::store
