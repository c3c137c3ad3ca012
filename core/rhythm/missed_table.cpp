// The answer of `missed` as a table.
#include "core/query/grouping.hpp"
#include "core/rhythm/missed.hpp"

#include <algorithm>

namespace jobtally::rhythm {

namespace {

using table::Audience;
using table::Cell;
using table::cell_or_unknown;

Cell down_cell(time::Duration down) {
    return down > time::Duration{0} ? Cell{down} : Cell{};
}

table::Row cells_of(const MissedRow& row) {
    return {row.id,
            cell_or_unknown(row.label),
            cell_or_unknown(row.type),
            row.reports,
            cell_or_unknown(row.typical_interval),
            row.last_created_at,
            cell_or_unknown(row.expected_by),
            cell_or_unknown(row.overdue),
            std::string(name_of(row.state)),
            cell_or_unknown(row.rhythm),
            row.is_configured,
            down_cell(row.listener_down)};
}

// The total row: the reports of all definitions, the newest run, and the worst state with the
// longest time overdue.
table::Row total_cells(const MissedAnswer& answer) {
    std::int64_t reports = 0;
    std::optional<time::Instant> last;
    std::optional<time::Duration> overdue;
    time::Duration down{0};
    for (const auto& row : answer.rows) {
        reports += row.reports;
        last = std::max(last, std::optional(row.last_created_at));
        overdue = std::max(overdue, row.overdue);
        down = std::max(down, row.listener_down);
    }
    const Cell state =
        answer.rows.empty() ? Cell{} : Cell{std::string(name_of(answer.rows.front().state))};
    return {Cell{}, Cell{},
            Cell{}, reports,
            Cell{}, cell_or_unknown(last),
            Cell{}, cell_or_unknown(overdue),
            state,  Cell{},
            Cell{}, down_cell(down)};
}

bool any_down(const MissedAnswer& answer) {
    return std::any_of(answer.rows.begin(), answer.rows.end(),
                       [](const MissedRow& row) { return row.listener_down > time::Duration{0}; });
}

}  // namespace

table::ResultTable missed_table(const MissedAnswer& answer) {
    table::ResultTable table;
    table.window = answer.window;
    table.empty_note = "no definitions";
    const auto down = any_down(answer) ? Audience::everyone : Audience::machines;
    table.columns = query::grouping_columns(
        query::By::definition, {{"reports", "reports", Audience::machines},
                                {"typical_interval_seconds", "every", Audience::machines},
                                {.key = "last_created_at", .title = "last run", .gives_way = 5},
                                {"expected_by", "expected by"},
                                {"overdue_seconds", "overdue"},
                                {"state", "state"},
                                {.key = "rhythm", .title = "rhythm", .gives_way = 4},
                                {"configured", "configured", Audience::machines},
                                {.key = "listener_down_seconds",
                                 .title = "we were down",
                                 .audience = down,
                                 .gives_way = 9}});
    for (const auto& row : answer.rows) table.rows.push_back(cells_of(row));
    table.total = total_cells(answer);
    return table;
}

}  // namespace jobtally::rhythm
