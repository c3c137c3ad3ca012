// Reads reports by id and puts their columns together.
#include "core/answers/show.hpp"

#include "core/answers/definitions.hpp"
#include "core/answers/list.hpp"
#include "core/base/text.hpp"
#include "core/query/scope.hpp"

#include <utility>

namespace jobtally::answers {

ShowAnswer show(const store::Store& store, const std::vector<std::string>& ids,
                const time::Zone& zone) {
    query::Selection all;
    all.zone = zone;
    const query::Scope scope(store, all);
    ShowAnswer answer;
    for (const auto& id : ids) {
        auto stored = store::find_report(store, id);
        for (const auto& text : shown_back(id))
            if (!stored) stored = store::find_report(store, text);
        if (!stored && id.find('\\') != std::string::npos)
            stored = store::find_report_shown_as(store, id);
        if (!stored) {
            answer.not_found.push_back(id);
            continue;
        }
        auto standing = standing_of(scope, *stored);
        store::Definition definition;
        for (const auto& known : scope.catalogue().definitions()) {
            if (known.id == stored->report.definition_id) definition = known;
        }
        answer.reports.push_back({std::move(*stored), std::move(standing), std::move(definition)});
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
    const std::size_t facts = table.columns.size();
    for (auto& column : fact_columns()) {
        column.title = "definition " + column.title;
        table.columns.push_back(std::move(column));
    }
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
        table.rows[i].resize(facts);
        for (auto& cell : fact_cells(shown.definition)) table.rows[i].push_back(std::move(cell));
    }
    table::hide_unknown(table, always_shown);
    return table;
}

}  // namespace jobtally::answers
