// Finds the newest reports by their facts, and reads only those.
#include "core/answers/list.hpp"

#include "core/query/id_order.hpp"

#include <algorithm>
#include <tuple>

namespace jobtally::answers {

namespace {

using store::FactBatch;
using store::FactColumn;
using table::Audience;
using table::Cell;

struct Place {
    std::int64_t at;
    std::int64_t created_at;
    store::Sequence sequence;

    auto times() const { return std::tie(at, created_at); }
};

// Drops what can't be among the newest `newest` places: everything older than the last of these.
void keep_newest(std::vector<Place>& places, std::size_t newest) {
    const auto later = [](const Place& a, const Place& b) { return a.times() > b.times(); };
    const auto last = places.begin() + static_cast<std::ptrdiff_t>(newest) - 1;
    std::nth_element(places.begin(), last, places.end(), later);
    const Place least = *last;
    places.erase(std::remove_if(places.begin(), places.end(),
                                [&](const Place& place) { return place.times() < least.times(); }),
                 places.end());
}

std::vector<Place> find_places(const query::Scope& scope, const ListOptions& options) {
    const store::WhichTime at = scope.selection().at;
    store::FactColumns columns =
        FactColumn::sequence | FactColumn::created_at | store::column_of(at);
    if (options.failures_only) columns = columns | FactColumn::status;
    std::vector<Place> places;
    // Room to collect before the next sifting; it grows with ties, so that sifting stays rare.
    std::size_t most = 4 * options.newest + 4096;
    Place least{INT64_MIN, INT64_MIN, 0};
    scope.scan(columns, [&](const FactBatch& batch) {
        const auto& times = store::times_of(batch, at);
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (options.failures_only && batch.status[i] != model::Status::failure) continue;
            const Place place{times[i], batch.created_at[i], batch.sequence[i]};
            if (place.times() < least.times()) continue;
            places.push_back(place);
            if (options.newest == 0 || places.size() < most) continue;
            keep_newest(places, options.newest);
            least = *std::min_element(
                places.begin(), places.end(),
                [](const auto& a, const auto& b) { return a.times() < b.times(); });
            most = std::max(most, 2 * places.size());
        }
    });
    if (options.newest > 0 && places.size() > options.newest) keep_newest(places, options.newest);
    return places;
}

table::Row report_cells(const store::StoredReport& stored) {
    const model::JobReport& report = stored.report;
    return {report.id,
            table::cell_or_unknown(report.definition_id),
            table::cell_or_unknown(report.definition_name),
            table::cell_or_unknown(report.type),
            report.status,
            table::cell_or_unknown(report.total_operations),
            table::cell_or_unknown(report.total_succeeded),
            table::cell_or_unknown(report.total_failed),
            report.created_at,
            table::cell_or_unknown(report.updated_at),
            stored.received_at,
            table::cell_or_unknown(model::duration_of(report)),
            table::cell_or_unknown(stored.source)};
}

}  // namespace

std::vector<store::Sequence> list_sequences(const query::Scope& scope, const ListOptions& options) {
    auto places = find_places(scope, options);
    query::sort_by_place_and_id(
        places, scope.store(), [](const Place& place) { return place.times(); },
        [](const Place& place) { return place.sequence; });
    const std::size_t count =
        options.newest == 0 ? places.size() : std::min(options.newest, places.size());
    std::vector<store::Sequence> sequences;
    for (auto place = places.end() - static_cast<std::ptrdiff_t>(count); place != places.end();
         ++place) {
        sequences.push_back(place->sequence);
    }
    return sequences;
}

ListAnswer list(const query::Scope& scope, const ListOptions& options) {
    const auto sequences = list_sequences(scope, options);
    return {query::window_of(scope.selection()), store::read_reports(scope.store(), sequences)};
}

table::ResultTable list_table(const ListAnswer& answer) {
    auto table = reports_table(answer.reports);
    table.window = answer.window;
    return table;
}

table::ResultTable reports_table(std::span<const store::StoredReport> reports) {
    table::ResultTable table;
    table.rows_key = "reports";
    table.columns = {{.key = "id", .title = "id", .gives_way = 0},
                     {"definition_id", "definition id", Audience::machines},
                     {.key = "definition_name", .title = "definition", .gives_way = 0},
                     {.key = "type", .title = "type", .gives_way = 8},
                     {"status", "status"},
                     {.key = "total_operations", .title = "records", .gives_way = 5},
                     {"total_succeeded", "succeeded", Audience::machines},
                     {.key = "total_failed", .title = "failed", .gives_way = 4},
                     {.key = "created_at", .title = "created", .gives_way = 3},
                     {"updated_at", "updated", Audience::machines},
                     {"received_at", "received", Audience::machines},
                     {.key = "duration_seconds", .title = "duration", .gives_way = 6},
                     {"source", "source", Audience::machines}};
    for (const auto& stored : reports) table.rows.push_back(report_cells(stored));
    return table;
}

}  // namespace jobtally::answers
