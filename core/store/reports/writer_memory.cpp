// Knowing when what is remembered still holds.
#include "core/store/reports/writer_memory.hpp"

#include "core/store/file/identity.hpp"
#include "core/store/file/statement.hpp"

#include <cstdlib>
#include <string>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

// Of the spans of uptime, those that upkeep/clock_doubt.hpp has not marked.
constexpr const char* not_doubted = "has_ended < 2";
constexpr std::int64_t a_week = 7 * 24 * 3600LL * 1'000'000;
constexpr std::int64_t looked_at = 100'000;  // reports, the newest

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
                    "SELECT received_at, max(created_at, coalesce(updated_at, created_at)) "
                    "FROM report ORDER BY sequence DESC LIMIT 1",
                    true),
      m_read_shown(connection,
                   fmt::format("SELECT max(at) FROM (SELECT max(last_alive_at) AS at FROM uptime "
                               "WHERE {} UNION ALL SELECT max(received_at) FROM rejected)",
                               not_doubted),
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
    if (latest->step()) note_arrival(latest->integer(0), latest->integer(1));
    const FastStatementUse shown(m_read_shown);
    shown->step();
    note_clock(shown->integer_or(0, m_latest));
}

std::int64_t WriterMemory::believed(std::int64_t clock, std::int64_t ended) const {
    const std::int64_t now = std::max(clock, ended);
    std::int64_t at = clock;
    if (m_surest - now <= a_week) at = std::max(at, m_surest);
    if (m_latest - now <= shortly) at = std::max(at, m_latest);
    return at;
}

void WriterMemory::note_arrival(std::int64_t received, std::int64_t ended) {
    note_clock(received);
    m_ended = ended;
    if (std::abs(received - ended) <= shortly) m_surest = std::max(m_surest, received);
}

std::int64_t WriterMemory::arrival(std::int64_t clock, std::int64_t ended) {
    put_back(clock, ended);
    const auto at = believed(clock, ended);
    note_arrival(at, ended);
    return at;
}

std::int64_t WriterMemory::arrival(std::int64_t clock) {
    const auto at = believed(clock, clock);
    note_clock(at);
    return at;
}

void WriterMemory::note_listener(std::int64_t clock) {
    if (believed(clock, clock) == clock) return;
    m_connection.execute(
        fmt::format("INSERT INTO state (name, value) VALUES ('sequence_at_sign', {}) "
                    "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    last_sequence));
}

// Unless others came that way before, long after the last sign.
void WriterMemory::note_taken_before() {
    constexpr std::int64_t long_after = 3 * 60 * 1'000'000;
    m_connection.execute(fmt::format(
        "UPDATE state SET value = {} WHERE name = 'sequence_at_sign' AND NOT EXISTS (SELECT 1 FROM "
        "report WHERE sequence > state.value AND sequence <= {} AND received_at > {} + "
        "(SELECT max(last_alive_at) FROM uptime WHERE {}))",
        last_sequence, m_flushed_sequence, long_after, not_doubted));
}

void WriterMemory::put_back(std::int64_t clock, std::int64_t ended) {
    const bool is_right = std::abs(clock - ended) <= shortly;
    if (!is_right || m_latest - std::max(clock, ended) <= shortly) return;
    date_back(clock);
    m_latest = clock;
}

// Of the newest reports, those that came long after `clock` and after their ends have come then; so
// have the rejected bodies that came long after it.
void WriterMemory::date_back(std::int64_t clock) {
    date(clock,
         fmt::format("sequence > {} AND received_at - max(?1, created_at, "
                     "coalesce(updated_at, created_at)) > {}",
                     last_sequence - looked_at, shortly),
         fmt::format("received_at > ?1 + {}", shortly));
}

// Some that came before may have been put back to a time of then.
void WriterMemory::bring_forward(const ClockBehind& since, std::int64_t clock) {
    const auto then = [&](const char* when) {
        return fmt::format("{} BETWEEN {} AND {}", when, since.from, since.until);
    };
    const auto reports =
        fmt::format("received_at < ?1 AND (sequence > {} OR (sequence > {} AND {}))",
                    since.sequence, last_sequence - looked_at, then("received_at"));
    Statement past(m_connection,
                   fmt::format("UPDATE replaced SET first_at = iif({}, ?1, first_at), well_at = "
                               "iif({} OR well_at = (SELECT received_at FROM report WHERE "
                               "report.sequence = replaced.sequence), ?1, well_at) WHERE sequence "
                               "IN (SELECT sequence FROM report WHERE {})",
                               then("first_at"), then("well_at"), reports));
    past.bind(1, clock);
    past.exec();
    date(clock, reports,
         fmt::format("received_at < ?1 AND (rejected_id > {} OR {})", since.rejected_id,
                     then("received_at")));
}

// Conditions on the tables `report` and `rejected`, with `received` as ?1.
void WriterMemory::date(std::int64_t received, const std::string& reports,
                        const std::string& rejected) {
    Statement sequences(m_connection, "SELECT sequence FROM report WHERE " + reports);
    sequences.bind(1, received);
    while (sequences.executeStep()) packer.remove(sequences.getColumn(0));
    packer.forget();
    for (const std::string& sql :
         {"UPDATE replaced SET first_at = min(first_at, ?1), well_at = min(well_at, ?1) "
          "WHERE sequence IN (SELECT sequence FROM report WHERE " +
              reports + ")",
          "UPDATE report SET received_at = ?1 WHERE " + reports,
          "UPDATE rejected SET received_at = ?1 WHERE " + rejected}) {
        Statement update(m_connection, sql);
        update.bind(1, received);
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
