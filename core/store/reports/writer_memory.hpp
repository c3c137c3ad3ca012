// What a connection that writes remembers between its transactions: texts, labels, prepared
// statements.
#pragma once

#include "core/store/file/connection.hpp"
#include "core/store/file/fast_statement.hpp"
#include "core/store/reports/dictionary.hpp"
#include "core/store/reports/labels.hpp"
#include "core/store/reports/replaced.hpp"
#include "core/store/reports/report_table.hpp"
#include "core/store/segments/packer.hpp"

namespace jobtally::store {

class WriterMemory {
  public:
    // The memory of a connection, made by the first call.
    static WriterMemory& of(Store::Connection& connection);
    explicit WriterMemory(const Store::Connection& connection);

    // Call at the beginning of a transaction: forgets everything if another connection wrote since.
    // Throws StoreError::changed where the store is older than what was committed to it.
    void refresh();
    void forget();
    // Writes those changes of the open transaction that so far are only in memory.
    void flush();
    void note_commit() { m_committed_sequence = last_sequence; }

    Dictionary dictionary;
    Labels labels;
    ReportTable table;
    ReplacedTable replaced;
    Packer packer;
    Sequence last_sequence = 0;

  private:
    const Store::Connection& m_connection;
    std::int64_t m_version = -1;  // PRAGMA data_version
    Sequence m_flushed_sequence = 0;
    Sequence m_committed_sequence = 0;
    FastStatement m_read_version;
    FastStatement m_read_sequence;
    FastStatement m_write_sequence;
};

}  // namespace jobtally::store
