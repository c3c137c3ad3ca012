// Rows on their way into the store, as a table that SQLite reads: one statement takes many rows,
// without twelve binds and a start for each (sqlite.org/vtab.html, "Eponymous-only virtual
// tables").
#pragma once

#include "core/store/facts/facts.hpp"

#include <cstddef>
#include <span>
#include <string_view>

struct sqlite3;

namespace jobtally::store {

// A row of the table `report`. The texts belong to others.
struct IncomingRow {
    FactRow facts;
    std::string_view id;
    std::string_view unknown_members;  // empty: none
};

// The table `incoming` of one connection, whose columns are those of `report`, and which can be
// read while rows are set. It ends before the row that follows one that was read but not inserted.
class IncomingRows {
  public:
    // Throws StoreError. The connection may outlive this object if no statement on the table does.
    explicit IncomingRows(const Store::Connection& connection);
    IncomingRows(const IncomingRows&) = delete;
    IncomingRows& operator=(const IncomingRows&) = delete;

    // Sets what is read next; nothing of it is inserted yet.
    void set(std::span<const IncomingRow> rows);
    std::span<const IncomingRow> rows() const { return m_rows; }
    // How many rows at the front were inserted, by what SQLite says was inserted last.
    std::size_t inserted() const { return m_inserted; }
    void set_inserted(std::size_t count) { m_inserted = count; }
    sqlite3* handle() const { return m_handle; }

  private:
    sqlite3* m_handle;
    std::span<const IncomingRow> m_rows;
    std::size_t m_inserted = 0;
};

}  // namespace jobtally::store
