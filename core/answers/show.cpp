// Reads reports by id and puts their columns together.
#include "core/answers/show.hpp"

#include "core/answers/list.hpp"
#include "core/query/scope.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::answers {

namespace {

// People do not read lines that say nothing: a failure is not judged, a success is in no streak.
void hide_unknown(table::ResultTable& table, std::size_t first) {
    for (std::size_t i = first; i < table.columns.size(); ++i) {
        const bool unknown = std::all_of(
            table.rows.begin(), table.rows.end(),
            [&](const table::Row& row) { return std::holds_alternative<std::monostate>(row[i]); });
        if (unknown) table.columns[i].audience = table::Audience::machines;
    }
}

}  // namespace

ShowAnswer show(const store::Store& store, const std::vector<std::string>& ids,
                const time::Zone& zone) {
    query::Selection all;
    all.zone = zone;
    const query::Scope scope(store, all);
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

table::ResultTable show_table(const ShowAnswer& answer, table::Sparkline marks) {
    std::vector<store::StoredReport> reports;
    for (const auto& shown : answer.reports) reports.push_back(shown.stored);
    auto table = reports_table(reports);
    for (auto& column : table.columns) column.audience = table::Audience::everyone;
    table.columns.push_back({"unknown_members", "other members"});
    const std::size_t always_shown = table.columns.size() + columns_always_shown;
    for (auto& column : standing_columns(marks)) table.columns.push_back(std::move(column));
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& shown = answer.reports[i];
        const auto& members = shown.stored.report.unknown_members;
        table.rows[i].push_back(members.empty() ? table::Cell{}
                                                : table::Cell{table::RawJson{members}});
        if (shown.standing) {
            for (auto& cell : standing_cells(*shown.standing, marks)) {
                table.rows[i].push_back(std::move(cell));
            }
        }
        table.rows[i].resize(table.columns.size());
    }
    hide_unknown(table, always_shown);
    return table;
}

}  // namespace jobtally::answers
