#include "core/store/upkeep/clock_doubt.hpp"

#include "core/store/file/statement.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/reports/writer_memory.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

struct Signs {
    std::int64_t newest_span = 0;
    std::int64_t begun_at = 0;  // the earliest
    std::int64_t last_alive_at = 0;
};

std::optional<Signs> signs_where(const Store::Connection& connection,
                                 const std::string& condition) {
    Statement row(
        connection,
        "SELECT max(span), min(begun_at), max(last_alive_at) FROM uptime WHERE " + condition);
    if (!row.executeStep() || row.getColumn(0).isNull()) return std::nullopt;
    return Signs{row.getColumn(0), row.getColumn(1), row.getColumn(2)};
}

std::string is_doubted() {
    return fmt::format("has_ended >= {}", doubted);
}

// The doubted spans ended when the next one began.
void believe_later(const Store::Connection& connection, const Signs& doubted_ones) {
    connection.execute(
        fmt::format("UPDATE uptime SET begun_at = min(begun_at, next.at), last_alive_at = next.at "
                    "FROM (SELECT begun_at AS at FROM uptime WHERE span > {} ORDER BY span LIMIT 1)"
                    " AS next WHERE {}",
                    doubted_ones.newest_span, is_doubted()));
}

void believe_earlier(WriteTransaction& transaction, const Store::Connection& connection,
                     const Signs& later, std::int64_t at) {
    ClockBehind since;
    since.sequence =
        connection.query_integer("SELECT value FROM state WHERE name = 'sequence_at_doubt'");
    since.rejected_id =
        connection.query_integer("SELECT value FROM state WHERE name = 'rejected_at_doubt'");
    since.from = later.begun_at;
    since.until = later.last_alive_at;
    transaction.memory().bring_forward(since, at);
    connection.execute(
        fmt::format("DELETE FROM uptime WHERE span > (SELECT max(span) FROM uptime "
                    "WHERE {})",
                    is_doubted()));
}

void end_doubt(const Store::Connection& connection) {
    connection.execute(
        fmt::format("UPDATE uptime SET has_ended = has_ended & ~{0} WHERE {1}; DELETE FROM state "
                    "WHERE name IN ('sequence_at_doubt', 'rejected_at_doubt')",
                    doubted, is_doubted()));
}

void settle(WriteTransaction& transaction, const Store::Connection& connection, std::int64_t at) {
    const auto before = signs_where(connection, is_doubted());
    if (!before) return;
    const auto later = signs_where(connection, fmt::format("span > {}", before->newest_span));
    const bool has_gone_on = later && later->last_alive_at >= before->last_alive_at;
    if (!has_gone_on && before->last_alive_at > at) return;
    if (has_gone_on) {
        believe_later(connection, *before);
    } else if (later) {
        believe_earlier(transaction, connection, *later, at);
    }
    end_doubt(connection);
}

// Since when there is doubt is kept, when it grows.
void doubt(const Store::Connection& connection, const std::string& those) {
    connection.execute(fmt::format(
        "INSERT OR IGNORE INTO state (name, value) SELECT 'sequence_at_doubt', value FROM state "
        "WHERE name = 'last_sequence'; "
        "INSERT OR IGNORE INTO state (name, value) SELECT 'rejected_at_doubt', "
        "coalesce(max(rejected_id), 0) FROM rejected; "
        "UPDATE uptime SET has_ended = has_ended | {} WHERE {}",
        doubted, those));
}

}  // namespace

void settle_doubt(Store& store, time::Instant at, std::chrono::milliseconds patience) {
    const auto& connection = store.connection();
    const auto ahead = fmt::format("last_alive_at > {}", time::micros(at));
    if (!signs_where(connection, fmt::format("{} OR {}", is_doubted(), ahead))) return;
    WriteTransaction transaction(store, patience);
    settle(transaction, connection, time::micros(at));
    if (signs_where(connection, ahead)) doubt(connection, ahead);
    transaction.commit();
}

}  // namespace jobtally::store
