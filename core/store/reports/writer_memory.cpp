// Knowing when what is remembered still holds.
#include "core/store/reports/writer_memory.hpp"

#include "core/store/file/identity.hpp"

namespace jobtally::store {

WriterMemory::WriterMemory(const Store::Connection& connection)
    : dictionary(connection),
      labels(connection),
      table(connection),
      replaced(connection),
      packer(connection),
      m_connection(connection),
      m_read_version(connection, "PRAGMA data_version", true),
      m_read_sequence(connection, "SELECT value FROM state WHERE name = 'last_sequence'", true),
      m_write_sequence(connection, "UPDATE state SET value = ? WHERE name = 'last_sequence'",
                       true) {}

WriterMemory& WriterMemory::of(Store::Connection& connection) {
    if (!connection.writer_memory) {
        connection.writer_memory = std::make_shared<WriterMemory>(connection);
    }
    return *static_cast<WriterMemory*>(connection.writer_memory.get());
}

void WriterMemory::refresh() {
    const FastStatementUse version(m_read_version);
    version->step();
    if (version->integer(0) == m_version) return;
    forget();
    // Another process wrote: it may have been a newer jobtally that has brought the schema further.
    if (!m_connection.is_private()) {
        identify(m_connection);
        require_no_triggers(m_connection);
    }
    m_version = version->integer(0);
    const FastStatementUse sequence(m_read_sequence);
    sequence->step();
    last_sequence = m_flushed_sequence = sequence->integer(0);
    if (last_sequence < m_committed_sequence) m_connection.throw_written();  // an older store
}

void WriterMemory::forget() {
    dictionary.forget();
    labels.forget();
    packer.forget();
    m_version = -1;
}

void WriterMemory::flush() {
    packer.pack_tail(last_sequence);
    labels.flush();
    if (last_sequence == m_flushed_sequence) return;
    const FastStatementUse statement(m_write_sequence);
    statement->bind(1, last_sequence);
    statement->step();
    m_flushed_sequence = last_sequence;
}

}  // namespace jobtally::store
