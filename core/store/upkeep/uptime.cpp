#include "core/store/upkeep/uptime.hpp"

#include "core/base/file.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/statement.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/reports/writer_memory.hpp"
#include "core/store/upkeep/clock_doubt.hpp"

#include <algorithm>
#include <cerrno>
#include <initializer_list>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

// The size of the largest report that a listener takes by default.
constexpr std::size_t room_of_a_report = 1 << 20;

// Demands room for a report, because the little that is written here may still fit when no report
// does.
void require_room(const Store::Connection& connection) {
    if (connection.is_private()) return;
    const int number = lacks_room(connection.path().parent_path(), room_of_a_report);
    if (number == EFBIG) throw_errno(number, "write store", connection.path());
    if (number != 0) throw_full(connection.path());
}

std::optional<time::Instant> last_received_at(const Store::Connection& connection) {
    Statement row(connection, "SELECT received_at FROM report ORDER BY sequence DESC LIMIT 1");
    if (!row.executeStep()) return std::nullopt;
    return time::instant_from_micros(row.getColumn(0));
}

// A clock that is behind its last sign was ahead since the span began: a leap begins another.
constexpr const char* sign_of_life =
    "UPDATE uptime SET begun_at = begun_at - max(last_alive_at - ?1, 0), last_alive_at = ?1, "
    "has_ended = ?3 WHERE span = ?2";

void write(Store& store, const std::string& sql, time::Instant at,
           std::initializer_list<std::int64_t> more, std::chrono::milliseconds patience) {
    auto& connection = store.connection();
    const HeldGuard held(connection.guard(), std::chrono::steady_clock::now() + patience);
    connection.wait_at_most(patience);
    WriteScope scope(connection);
    WriterMemory::of(connection).note_clock(time::micros(at));
    Statement statement(connection, sql);
    int number = 1;
    statement.bind(number, time::micros(at));
    for (const auto value : more) statement.bind(++number, value);
    statement.exec();
    connection.execute(
        "INSERT INTO state (name, value) SELECT 'sequence_at_sign', value FROM state "
        "WHERE name = 'last_sequence' ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    scope.commit();
    connection.checkpoint_if_long();
}

void put_back(Store& store, time::Instant at, std::chrono::milliseconds patience) {
    const auto received = last_received_at(store.connection()).value_or(at);
    const auto rejected = time::instant_from_micros(
        store.connection().query_integer("SELECT coalesce(max(received_at), -1) FROM rejected"));
    const time::Duration ahead = std::max(received, rejected) - at;
    if (ahead.count() <= WriterMemory::shortly) return;
    WriteTransaction transaction(store, patience);
    transaction.memory().put_back(time::micros(at));
    transaction.commit();
}

}  // namespace

UptimeKey begin_uptime(Store& store, time::Instant at, std::chrono::milliseconds patience,
                       time::Instant begun_at) {
    WriterMemory::of(store.connection())
        .note_clock(store.connection().query_integer(
            "SELECT coalesce(max(last_alive_at), -1) FROM uptime"));
    settle_doubt(store, at, patience);
    write(store, "INSERT INTO uptime (begun_at, last_alive_at) VALUES (min(?1, ?2), ?1)", at,
          {time::micros(begun_at)}, patience);
    return store.connection().database().getLastInsertRowid();
}

void mark_alive(Store& store, UptimeKey span, time::Instant at,
                std::chrono::milliseconds patience) {
    require_room(store.connection());
    put_back(store, at, patience);
    write(store, sign_of_life, at, {span, 0}, patience);
}

void end_uptime(Store& store, UptimeKey span, time::Instant at,
                std::chrono::milliseconds patience) {
    write(store, sign_of_life, at, {span, 1}, patience);
}

std::vector<UptimeSpan> read_uptime(const Store& store) {
    Statement row(
        store.connection(),
        fmt::format(
            "SELECT min(begun_at, until), min(last_alive_at, until), has_ended & ~{0} FROM (SELECT "
            "*, iif(has_ended < {0}, last_alive_at, coalesce((SELECT begun_at FROM uptime WHERE "
            "span > (SELECT max(span) FROM uptime WHERE has_ended >= {0}) ORDER BY span LIMIT 1), "
            "last_alive_at)) AS until FROM uptime) ORDER BY 1, span",
            doubted));
    std::vector<UptimeSpan> spans;
    while (row.executeStep()) {
        spans.push_back({time::instant_from_micros(row.getColumn(0)),
                         time::instant_from_micros(row.getColumn(1)),
                         row.getColumn(2).getInt64() != 0});
    }
    return spans;
}

bool came_without_a_listener(const Store& store, time::Instant at) {
    Statement row(store.connection(),
                  "SELECT 1 FROM report WHERE sequence > ?1 AND received_at > ?2 AND "
                  "coalesce(updated_at, created_at) > ?2 ORDER BY sequence DESC LIMIT 1");
    row.bind(1, store.connection().query_integer(
                    "SELECT value FROM state WHERE name = 'sequence_at_sign'"));
    row.bind(2, time::micros(at));
    return row.executeStep();
}

}  // namespace jobtally::store
