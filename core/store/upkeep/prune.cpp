#include "core/store/upkeep/prune.hpp"

#include "core/store/file/statement.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/store/reports/settle.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/segments/segments.hpp"

#include <algorithm>
#include <unordered_set>

namespace jobtally::store {

namespace {

constexpr std::chrono::milliseconds piece_time{5};
constexpr std::size_t rows_a_look = 32;
constexpr int bodies_a_piece = 100;
constexpr std::chrono::seconds prune_patience{60};

using Sequences = std::vector<Sequence>;

// The reports that give the labels of definitions.
std::unordered_set<Sequence> label_sources(const Store& store, time::Instant before) {
    Statement row(store.connection(),
                  "SELECT sequence FROM definition JOIN report ON id = label_report_id "
                  "WHERE label_created_at < ?");
    row.bind(1, time::micros(before));
    std::unordered_set<Sequence> sources;
    while (row.executeStep()) sources.insert(row.getColumn(0).getInt64());
    return sources;
}

// In the order of arrival, so that whole segments go one after the other. Reports that give labels
// come last and together, because deleting one makes us search all reports for the next name.
Sequences old_reports(const Store& store, time::Instant before) {
    const ReadScope scope(store.connection());
    Sequences sequences;
    scan_facts(store,
               {static_cast<FactColumns>(FactColumn::sequence), {{}, before}, WhichTime::created},
               [&](const FactBatch& batch) {
                   sequences.insert(sequences.end(), batch.sequence.begin(), batch.sequence.end());
               });
    std::sort(sequences.begin(), sequences.end());
    const auto sources = label_sources(store, before);
    std::stable_partition(sequences.begin(), sequences.end(),
                          [&](Sequence sequence) { return !sources.contains(sequence); });
    return sequences;
}

// One transaction from the front of `sequences` on; returns how many were looked at.
std::size_t remove_some(Store& store, std::span<const Sequence> sequences, std::int64_t& removed) {
    WriteTransaction transaction(store);
    const auto end_at = std::chrono::steady_clock::now() + piece_time;
    std::size_t done = 0;
    while (done < sequences.size()) {
        const auto some = sequences.subspan(done, std::min(rows_a_look, sequences.size() - done));
        // A report that was replaced since has another sequence and is not found.
        for (const auto& id : read_ids(store, some)) {
            if (!id.empty() && transaction.remove(id)) ++removed;
        }
        done += some.size();
        if (std::chrono::steady_clock::now() >= end_at || transaction.someone_waits()) break;
    }
    transaction.commit();
    return done;
}

std::int64_t remove_some_rejected(Store& store, time::Instant before) {
    auto& connection = store.connection();
    const HeldGuard held(connection.guard(), std::chrono::steady_clock::now() + prune_patience);
    WriteScope scope(connection);
    Statement statement(connection,
                        "DELETE FROM rejected WHERE rejected_id IN (SELECT rejected_id FROM "
                        "rejected WHERE received_at < ? LIMIT ?)");
    statement.bind(1, time::micros(before));
    statement.bind(2, bodies_a_piece);
    const auto removed = statement.exec();
    scope.commit();
    connection.checkpoint_if_long();
    return removed;
}

}  // namespace

OldRecords count_before(const Store& store, time::Instant before) {
    const ReadScope scope(store.connection());
    OldRecords old;
    scan_facts(store, {0, {{}, before}, WhichTime::created}, [&](const FactBatch& batch) {
        old.reports += static_cast<std::int64_t>(batch.size);
    });
    old.rejected = count_rejected(store, {{}, before}).kept;
    return old;
}

OldRecords prune(Store& store, time::Instant before,
                 const std::function<void(std::int64_t done, std::int64_t total)>& progress) {
    OldRecords removed;
    const auto sequences = old_reports(store, before);
    std::span<const Sequence> rest = sequences;
    while (!rest.empty()) {
        rest = rest.subspan(remove_some(store, rest, removed.reports));
        if (progress)
            progress(static_cast<std::int64_t>(sequences.size() - rest.size()),
                     static_cast<std::int64_t>(sequences.size()));
    }
    for (auto some = remove_some_rejected(store, before); some > 0;
         some = remove_some_rejected(store, before)) {
        removed.rejected += some;
    }
    settle(store);
    return removed;
}

}  // namespace jobtally::store
