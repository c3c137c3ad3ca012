// The table `probe`.
#include "core/store/upkeep/probe_records.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/statement.hpp"

namespace jobtally::store {

std::optional<ProbeRecord> find_probe(const Store& store, std::string_view probe) {
    Statement row(store.connection(),
                  "SELECT state, since, pending, pending_runs FROM probe WHERE probe = ?");
    row.bind(1, probe);
    if (!row.step()) return std::nullopt;
    return ProbeRecord{std::string(row.text(0)), time::instant_from_micros(row.integer(1)),
                       row.optional_text(2), row.integer(3)};
}

void keep_probe(Store& store, std::string_view probe, const ProbeRecord& record) {
    const auto& connection = store.connection();
    const HeldGuard held(connection.guard(),
                         std::chrono::steady_clock::now() + std::chrono::seconds(60));
    WriteScope scope(connection);
    Statement row(connection,
                  "INSERT OR REPLACE INTO probe (probe, state, since, pending, pending_runs) "
                  "VALUES (?, ?, ?, ?, ?)");
    row.bind(1, probe);
    row.bind(2, std::string_view(record.state));
    row.bind(3, time::micros(record.since));
    if (record.pending) {
        row.bind(4, std::string_view(*record.pending));
    } else {
        row.bind_null(4);
    }
    row.bind(5, record.pending_runs);
    row.run();
    scope.commit();
}

}  // namespace jobtally::store
