#include "core/store/reports/rejected.hpp"

#include "core/store/file/statement.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

constexpr std::int64_t trim_after = 1000;  // a long load of bad lines must not pile them up

constexpr std::int64_t most_notes = 1000;

constexpr std::size_t dropped_at_once = 50;  // of up to 64 KiB

constexpr const char* columns =
    "SELECT rejected_id, received_at, source, reason, body, coalesce(sender, '') FROM rejected ";

RejectedBody rejected_body_of(const Statement& row) {
    return {row.getColumn(0), time::instant_from_micros(row.getColumn(1)),
            row.getColumn(2), row.getColumn(3),
            row.getColumn(4), row.getColumn(5)};
}

std::int64_t drop_some(Store::Connection& connection, std::span<const std::int64_t> rejected_ids) {
    const HeldGuard held(connection.guard(),
                         std::chrono::steady_clock::now() + std::chrono::seconds(60));
    WriteScope scope(connection);
    Statement statement(connection, "DELETE FROM rejected WHERE rejected_id = ?");
    std::int64_t dropped = 0;
    for (const auto rejected_id : rejected_ids) {
        statement.bind(1, rejected_id);
        dropped += statement.exec();
        statement.reset();
    }
    scope.commit();
    connection.checkpoint_if_long();
    return dropped;
}

}  // namespace

void RejectedTable::add(const model::Rejection& rejection, std::string_view place,
                        time::Instant received_at, std::string_view sender) {
    Statement statement(m_connection,
                        "INSERT INTO rejected (received_at, source, reason, body, sender) "
                        "VALUES (?, ?, ?, ?, nullif(?, ''))");
    statement.bind(1, time::micros(received_at));
    statement.bind(2, std::string(place));
    statement.bind(3, rejection.reason);
    statement.bind(4, rejection.body.data(), static_cast<int>(rejection.body.size()));
    statement.bind(5, std::string(sender));
    statement.exec();
    if (++m_added >= trim_after) trim();
}

void RejectedTable::trim() {
    if (m_added == 0) return;
    m_added = 0;
    // An index counts them all; which are notes stands in the rows.
    const auto all = m_connection.query_integer("SELECT count(*) FROM rejected");
    if (all <= m_limit) return;
    const auto are_notes =
        fmt::format("WHERE (source = '{}' AND length(body) = 0) = ", source_of_notes);
    const auto notes =
        m_connection.query_integer(("SELECT count(*) FROM rejected " + are_notes + "1").c_str());
    drop_oldest(all - notes - m_limit, are_notes + "0");
    drop_oldest(notes - most_notes, are_notes + "1");
}

void RejectedTable::drop_oldest(std::int64_t excess, const std::string& where) {
    if (excess <= 0) return;
    const auto oldest = fmt::format(
        "SELECT rejected_id FROM rejected {} ORDER BY rejected_id LIMIT {}", where, excess);
    m_connection.execute(fmt::format(
        "INSERT INTO state (name, value) SELECT 'rejected_forgotten_at', max(received_at) FROM "
        "rejected WHERE rejected_id IN ({0}) ON CONFLICT (name) DO UPDATE SET value = max(value, "
        "excluded.value); DELETE FROM rejected WHERE rejected_id IN ({0})",
        oldest));
    m_forgotten += excess;
}

std::vector<RejectedBody> list_rejected(const Store& store, std::size_t limit) {
    Statement rows(store.connection(), std::string(columns) + "ORDER BY rejected_id DESC LIMIT ?");
    rows.bind(1, limit == 0 ? -1 : static_cast<std::int64_t>(limit));
    std::vector<RejectedBody> bodies;
    while (rows.executeStep()) bodies.push_back(rejected_body_of(rows));
    std::reverse(bodies.begin(), bodies.end());
    return bodies;
}

std::vector<std::int64_t> list_rejected_ids(const Store& store, std::size_t limit) {
    Statement rows(store.connection(),
                   "SELECT rejected_id FROM rejected ORDER BY rejected_id DESC LIMIT ?");
    rows.bind(1, limit == 0 ? -1 : static_cast<std::int64_t>(limit));
    std::vector<std::int64_t> ids;
    while (rows.executeStep()) ids.push_back(rows.getColumn(0));
    std::reverse(ids.begin(), ids.end());
    return ids;
}

std::optional<RejectedBody> find_rejected(const Store& store, std::int64_t rejected_id) {
    Statement row(store.connection(), std::string(columns) + "WHERE rejected_id = ?");
    row.bind(1, rejected_id);
    if (!row.executeStep()) return std::nullopt;
    return rejected_body_of(row);
}

std::int64_t count_rejected(const Store& store) {
    return store.connection().query_integer("SELECT count(*) FROM rejected");
}

RejectedCount count_rejected(const Store& store, const time::TimeSpan& span) {
    Statement row(store.connection(),
                  "SELECT (SELECT count(*) FROM rejected WHERE received_at >= ?1 AND received_at "
                  "< ?2), (SELECT value FROM state WHERE name = 'rejected_forgotten_at' AND value "
                  ">= ?1)");
    const auto until = span.until ? time::micros(*span.until) : INT64_MAX;
    row.bind(1, span.since ? time::micros(*span.since) : INT64_MIN);
    row.bind(2, until);
    row.executeStep();
    const std::int64_t kept = row.getColumn(0);
    if (row.getColumn(1).isNull()) return {kept, kept, true};
    return {kept, kept + (row.getColumn(1).getInt64() < until ? 1 : 0), false};
}

std::int64_t drop_rejected(Store& store, const std::vector<std::int64_t>& rejected_ids) {
    std::int64_t dropped = 0;
    for (std::span rest(rejected_ids); !rest.empty();) {
        const auto some = rest.first(std::min(rest.size(), dropped_at_once));
        dropped += drop_some(store.connection(), some);
        rest = rest.subspan(some.size());
    }
    return dropped;
}

}  // namespace jobtally::store
