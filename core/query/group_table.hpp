// The table of a question about groups: a row a group and a total, what they were in another
// window, a small picture of how they went, and the order of the rows.
#pragma once

#include "core/model/rate.hpp"
#include "core/query/grouping.hpp"
#include "core/table/result_table.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace jobtally::query {

// A row has a `key` and figures; it may have a `trend`.
template <class Row>
struct GroupedAnswer {
    table::Window window;
    GroupBy by;
    bool has_trend = false;  // a column `trend`: leave it out for machines
    std::vector<Row> rows;   // in the groups' natural order, unless the question says otherwise
    Row total;               // its key is empty
};

// How a question's rows are shown.
template <class Row>
struct Figures {
    std::vector<table::Column> columns;
    std::function<table::Row(const Row&)> cells;  // one for each of the columns
    // For a comparison with another window: the columns of that window that people see, with their
    // titles; the figure whose change is shown as `FIGURE_change`; and that change.
    std::vector<std::pair<std::string, std::string>> shown_before;
    std::string changing;
    std::function<table::Cell(const Row& now, const Row& before)> change;
};

// How much a share has grown, in points: notable where the two 95 % intervals (Wilson) do not
// overlap. Unknown where one side has no rate.
table::Cell rate_change(const model::Rate& now, const model::Rate& before, bool more_is_better);

struct Arrangement {
    std::string sort;     // a machine key, `-` before it turns the order round; empty: as it is
    std::size_t top = 0;  // keep this many rows; 0: all
};

// Sorts stably, unknown values last either way, and then cuts; the total stays. Throws UsageError
// for a key that the table does not have.
table::ResultTable arranged(table::ResultTable table, const Arrangement& arrangement);

// The cells of a row's key (a total has none: they are filled up), then its figures.
table::Row group_cells(GroupKey key, std::size_t key_cells, table::Row figures);

// Appends `column` with a value a row, and one for the total.
void append_column(table::ResultTable& table, table::Column column, std::vector<table::Cell> cells,
                   table::Cell total);

// What a row is compared by: its group, and with a series the number of its bucket within it.
std::vector<std::string> matching_keys(const std::vector<GroupKey>& keys, const GroupBy& by);

// Appends a column `previous.KEY` for each figure of `before` (and the bucket), taken from its row
// in the same place.
void append_previous(table::ResultTable& now, const table::ResultTable& before,
                     const std::vector<std::pair<std::string, std::string>>& shown);

// Appends a column `FIGURE_change` for people and machines, and `FIGURE_changed` for machines,
// which says whether the change is notable (unknown where there is none).
void append_changes(table::ResultTable& table, const std::string& figure,
                    const std::vector<table::Cell>& changes, const table::Cell& total);

// Gives both answers the same groups in the same order: the rows of `now` as they are, then those
// that only `before` has (not with a series). What one side lacks is a row without figures.
template <class Row>
void align(GroupedAnswer<Row>& now, GroupedAnswer<Row>& before) {
    const auto keys_of = [&](const GroupedAnswer<Row>& answer) {
        std::vector<GroupKey> keys;
        for (const auto& row : answer.rows) keys.push_back(row.key);
        return matching_keys(keys, now.by);
    };
    std::map<std::string, std::size_t> places;
    const auto before_keys = keys_of(before);
    for (std::size_t i = 0; i < before_keys.size(); ++i) places.emplace(before_keys[i], i);
    auto rows = std::move(before.rows);
    before.rows.clear();
    for (const auto& key : keys_of(now)) {
        const auto found = places.find(key);
        before.rows.emplace_back();
        if (found == places.end()) continue;
        before.rows.back() = std::move(rows[found->second]);
        places.erase(found);
    }
    for (std::size_t i = 0; i < now.rows.size(); ++i) {
        if (before.rows[i].key.empty()) before.rows[i].key = now.rows[i].key;
    }
    if (now.by.every) return;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!places.contains(before_keys[i])) continue;
        now.rows.emplace_back();
        now.rows.back().key = rows[i].key;
        before.rows.push_back(std::move(rows[i]));
    }
}

template <class Row>
table::ResultTable group_table(const GroupedAnswer<Row>& answer, const Figures<Row>& figures) {
    table::ResultTable table;
    table.window = answer.window;
    table.columns = grouping_columns(answer.by, figures.columns);
    const std::size_t key_cells = table.columns.size() - figures.columns.size();
    const auto cells = [&](const Row& row) {
        return group_cells(row.key, key_cells, figures.cells(row));
    };
    for (const auto& row : answer.rows) table.rows.push_back(cells(row));
    table.total = cells(answer.total);
    if constexpr (requires(Row row) { row.trend; }) {
        if (!answer.has_trend) return table;
        std::vector<table::Cell> trends;
        for (const auto& row : answer.rows) trends.push_back(row.trend);
        append_column(table, {.key = "trend", .title = "trend", .gives_way = 9}, std::move(trends),
                      answer.total.trend);
    }
    return table;
}

// The same with what each group was in another window, and without trends.
template <class Row>
table::ResultTable group_table(GroupedAnswer<Row> now, GroupedAnswer<Row> before,
                               const Figures<Row>& figures) {
    now.has_trend = before.has_trend = false;
    align(now, before);
    std::vector<table::Cell> changes;
    for (std::size_t i = 0; i < now.rows.size(); ++i) {
        changes.push_back(figures.change(now.rows[i], before.rows[i]));
    }
    auto table = group_table(now, figures);
    append_previous(table, group_table(before, figures), figures.shown_before);
    append_changes(table, figures.changing, changes, figures.change(now.total, before.total));
    return table;
}

}  // namespace jobtally::query
