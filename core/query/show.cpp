// Reads reports by id and compares each with its definition's other runs.
#include "core/query/show.hpp"

#include "core/query/list.hpp"
#include "core/query/percentile.hpp"
#include "core/query/scope.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace jobtally::query {

namespace {

using store::FactBatch;
using store::FactColumn;
using table::Cell;

struct Run {
    std::int64_t created_at;
    store::Sequence sequence;
};

// What the standing needs of a definition's reports.
struct RunsOfDefinition {
    std::vector<Run> runs;
    std::vector<std::int64_t> durations;
    std::vector<std::int64_t> operations;
};

RunsOfDefinition read_runs(const Scope& scope, store::DefinitionKey key) {
    RunsOfDefinition found;
    const auto columns = FactColumn::sequence | FactColumn::definition | FactColumn::status |
                         FactColumn::created_at | FactColumn::updated_at | FactColumn::operations;
    scope.scan(columns, [&](const FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.definition[i] != key) continue;
            found.runs.push_back({batch.created_at[i], batch.sequence[i]});
            if (!model::is_finished(batch.status[i])) continue;
            if (batch.operations[i] >= 0) found.operations.push_back(batch.operations[i]);
            if (batch.updated_at[i] == store::unknown_value) continue;
            const std::int64_t micros = batch.updated_at[i] - batch.created_at[i];
            if (micros >= 0) found.durations.push_back(micros);
        }
    });
    return found;
}

std::optional<std::int64_t> median(std::vector<std::int64_t> values) {
    if (values.empty()) return std::nullopt;
    const std::int64_t rank[] = {
        Percentile::named("50").rank(static_cast<std::int64_t>(values.size()))};
    return values_at_ranks(values, rank).front();
}

store::DefinitionKey key_of(const store::Catalogue& catalogue, const std::string& id) {
    for (const auto& definition : catalogue.definitions()) {
        if (definition.id == id) return definition.key;
    }
    return 0;
}

// Reports of the same created_at are told apart by their ids.
void put_neighbours(Standing& standing, const store::Store& store,
                    const store::StoredReport& stored, const std::vector<Run>& runs) {
    const std::int64_t at = time::micros(stored.report.created_at);
    std::int64_t before = INT64_MIN;
    std::int64_t after = INT64_MAX;
    for (const Run& run : runs) {
        if (run.created_at < at) before = std::max(before, run.created_at);
        if (run.created_at > at) after = std::min(after, run.created_at);
    }
    std::vector<store::Sequence> near;
    for (const Run& run : runs) {
        if (run.created_at == at || run.created_at == before || run.created_at == after) {
            near.push_back(run.sequence);
        }
    }
    auto reports = store::read_reports(store, near);
    const auto place = [](const store::StoredReport& report) {
        return std::tie(report.report.created_at, report.report.id);
    };
    std::sort(reports.begin(), reports.end(),
              [&](const auto& a, const auto& b) { return place(a) < place(b); });
    for (const auto& other : reports) {
        const Neighbour neighbour{other.report.id, other.report.status};
        if (place(other) < place(stored)) standing.previous = neighbour;
        if (place(stored) < place(other) && !standing.next) standing.next = neighbour;
    }
}

std::optional<Standing> standing_of(const Scope& scope, const store::StoredReport& stored) {
    if (!stored.report.definition_id) return std::nullopt;
    const auto key = key_of(scope.catalogue(), *stored.report.definition_id);
    if (key == 0) return std::nullopt;
    const auto found = read_runs(scope, key);
    Standing standing;
    standing.runs = static_cast<std::int64_t>(found.durations.size());
    if (const auto micros = median(found.durations))
        standing.median_duration = time::Duration{*micros};
    standing.median_operations = median(found.operations);
    const auto duration = model::duration_of(stored.report);
    if (duration && duration->count() >= 0 && standing.runs > 0) {
        const auto own = duration->count();
        const auto count_if = [&](auto holds) {
            return std::count_if(found.durations.begin(), found.durations.end(), holds);
        };
        standing.duration_rank = 1 + count_if([&](std::int64_t other) { return other < own; });
        standing.duration_percentile =
            static_cast<double>(count_if([&](std::int64_t other) { return other <= own; })) /
            static_cast<double>(standing.runs);
    }
    put_neighbours(standing, scope.store(), stored, found.runs);
    return standing;
}

void append_standing(table::Row& row, const Standing& standing) {
    const auto text = [](const std::optional<Neighbour>& neighbour, std::string Neighbour::*part) {
        return neighbour ? Cell{(*neighbour).*part} : Cell{};
    };
    const auto share = standing.duration_percentile;
    const Cell cells[] = {standing.runs,
                          table::cell_or_unknown(standing.duration_rank),
                          share ? Cell{table::Ratio{*share}} : Cell{},
                          table::cell_or_unknown(standing.median_duration),
                          table::cell_or_unknown(standing.median_operations),
                          text(standing.previous, &Neighbour::id),
                          text(standing.previous, &Neighbour::status),
                          text(standing.next, &Neighbour::id),
                          text(standing.next, &Neighbour::status)};
    row.insert(row.end(), std::begin(cells), std::end(cells));
}

}  // namespace

ShowAnswer show(const store::Store& store, const std::vector<std::string>& ids) {
    const Scope scope(store, Selection{});
    ShowAnswer answer;
    for (const auto& id : ids) {
        auto stored = store::find_report(store, id);
        if (!stored) {
            answer.not_found.push_back(id);
            continue;
        }
        auto standing = standing_of(scope, *stored);
        answer.reports.push_back({std::move(*stored), std::move(standing)});
    }
    return answer;
}

table::ResultTable show_table(const ShowAnswer& answer) {
    std::vector<store::StoredReport> reports;
    for (const auto& shown : answer.reports) reports.push_back(shown.stored);
    auto table = reports_table(reports);
    for (auto& column : table.columns) column.audience = table::Audience::everyone;
    const table::Column columns[] = {{"unknown_members", "other members"},
                                     {"definition_runs", "runs of its definition"},
                                     {"duration_rank", "rank by duration"},
                                     {"duration_percentile", "took no longer"},
                                     {"median_seconds", "usual duration"},
                                     {"median_operations", "usual records"},
                                     {"previous_id", "previous run"},
                                     {"previous_status", "previous status"},
                                     {"next_id", "next run"},
                                     {"next_status", "next status"}};
    table.columns.insert(table.columns.end(), std::begin(columns), std::end(columns));
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& shown = answer.reports[i];
        const auto& members = shown.stored.report.unknown_members;
        table.rows[i].push_back(members.empty() ? Cell{} : Cell{table::RawJson{members}});
        if (shown.standing) append_standing(table.rows[i], *shown.standing);
        table.rows[i].resize(table.columns.size());
    }
    return table;
}

}  // namespace jobtally::query
