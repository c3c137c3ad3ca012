#include "core/store/upkeep/probe_records.hpp"

#include "core/store/file/statement.hpp"

namespace jobtally::store {

std::optional<ProbeRecord> find_probe(const Store& store, std::string_view probe) {
    Statement row(store.connection(),
                  "SELECT state, since, pending, pending_runs FROM probe WHERE probe = ?");
    row.bind(1, std::string(probe));
    if (!row.executeStep()) return std::nullopt;
    return ProbeRecord{row.getColumn(0), time::instant_from_micros(row.getColumn(1)),
                       optional_text(row.getColumn(2)), row.getColumn(3)};
}

void keep_probe(Store& store, std::string_view probe, const ProbeRecord& record) {
    const auto& connection = store.connection();
    const HeldGuard held(connection.guard(),
                         std::chrono::steady_clock::now() + std::chrono::seconds(60));
    WriteScope scope(connection);
    Statement row(connection,
                  "INSERT OR REPLACE INTO probe (probe, state, since, pending, pending_runs) "
                  "VALUES (?, ?, ?, ?, ?)");
    row.bind(1, std::string(probe));
    row.bind(2, record.state);
    row.bind(3, time::micros(record.since));
    if (record.pending) row.bind(4, *record.pending);
    row.bind(5, record.pending_runs);
    row.exec();
    scope.commit();
}

}  // namespace jobtally::store
