// Knowing when what is remembered still holds.
#include "core/store/reports/writer_memory.hpp"

#include "core/store/file/identity.hpp"
#include "core/store/file/statement.hpp"

namespace jobtally::store {

namespace {

constexpr std::int64_t far_ahead = 7LL * 24 * 3600 * 1'000'000;

}  // namespace

WriterMemory::WriterMemory(const Store::Connection& connection)
    : dictionary(connection),
      labels(connection),
      table(connection),
      replaced(connection),
      packer(connection),
      m_connection(connection),
      m_read_version(connection, "PRAGMA data_version", true),
      m_read_sequence(connection, "SELECT value FROM state WHERE name = 'last_sequence'", true),
      m_write_sequence(connection, "UPDATE state SET value = ? WHERE name = 'last_sequence'", true),
      m_read_latest(connection,
                    "SELECT max(coalesce((SELECT received_at FROM report ORDER BY sequence DESC "
                    "LIMIT 1), ?1), coalesce((SELECT max(last_alive_at) FROM uptime), ?1))",
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
    const FastStatementUse latest(m_read_latest);
    latest->bind(1, m_latest);
    latest->step();
    note_clock(latest->integer(0));
}

std::int64_t WriterMemory::arrival(std::int64_t clock, std::int64_t ended) {
    if (m_latest - clock > far_ahead && ended - clock <= far_ahead) {
        date_back(clock);
        m_latest = clock;
    }
    note_clock(clock);
    return m_latest;
}

std::int64_t WriterMemory::arrival(std::int64_t clock) const {
    return m_latest - clock > far_ahead ? clock : std::max(m_latest, clock);
}

// The reports that came last, long after `clock` and after their ends, have come at `clock`.
void WriterMemory::date_back(std::int64_t clock) {
    Sequence first = 0;
    Statement newest(m_connection,
                     "SELECT sequence, received_at - max(?, created_at, coalesce(updated_at, "
                     "created_at)) FROM report ORDER BY sequence DESC");
    newest.bind(1, clock);
    while (newest.executeStep() && newest.getColumn(1).getInt64() > far_ahead) {
        first = newest.getColumn(0);
        packer.remove(first);
    }
    if (first == 0) return;
    packer.forget();
    for (const char* sql :
         {"UPDATE report SET received_at = ?1 WHERE sequence >= ?2",
          "UPDATE replaced SET first_at = min(first_at, ?1), well_at = min(well_at, ?1) "
          "WHERE sequence >= ?2"}) {
        Statement update(m_connection, sql);
        update.bind(1, clock);
        update.bind(2, first);
        update.exec();
    }
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
