// What a table of groups may carry besides its figures: what they were in another window, and a
// small picture of how they went.
#pragma once

#include "core/model/rate.hpp"
#include "core/query/grouping.hpp"
#include "core/table/result_table.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace jobtally::query {

// What a row is compared by: its group, and with a series the number of its bucket within it.
std::vector<std::string> matching_keys(const std::vector<GroupKey>& keys, const GroupBy& by);

// Gives both answers the same groups in the same order: the rows of `now` as they are, then those
// that only `before` has (not with a series). What one side lacks is a row without figures.
template <class Answer>
void align(Answer& now, Answer& before, const GroupBy& by) {
    const auto keys_of = [&](const Answer& answer) {
        std::vector<GroupKey> keys;
        for (const auto& row : answer.rows) keys.push_back(row.key);
        return matching_keys(keys, by);
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
    if (by.every) return;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!places.contains(before_keys[i])) continue;
        now.rows.emplace_back();
        now.rows.back().key = rows[i].key;
        before.rows.push_back(std::move(rows[i]));
    }
}

// The columns of another window that people see, with their titles, and the figure whose change is
// told as `FIGURE_change`.
struct Beside {
    std::vector<std::pair<std::string, std::string>> shown;
    std::string figure;
};

// The table with a column `previous.KEY` for each of its figures (and the bucket), taken from the
// row of `before` in the same place.
table::ResultTable with_previous(table::ResultTable now, const table::ResultTable& before,
                                 const Beside& beside);

// How much a share has grown, in points: notable where the two 95 % intervals (Wilson) do not
// overlap. Unknown where one side has no rate.
table::Cell rate_change(const model::Rate& now, const model::Rate& before, bool more_is_better);

// Appends a column `KEY_change` for people and machines, and `KEY_changed` for machines, which says
// whether the change is notable (unknown where there is none).
void append_changes(table::ResultTable& table, const std::string& key,
                    const std::vector<table::Cell>& changes, const table::Cell& total);

// Appends `column` with a value a row, and one for the total.
void append_column(table::ResultTable& table, table::Column column, std::vector<table::Cell> cells,
                   table::Cell total);

// The table that `table_of` makes of `now`, with what each group was in `before` and the changes
// that `change` tells of a row and what it was.
template <class Answer, class TableOf, class Change>
table::ResultTable table_beside(Answer now, Answer before, const GroupBy& by, const Beside& beside,
                                TableOf table_of, Change change) {
    align(now, before, by);
    std::vector<table::Cell> changes;
    for (std::size_t i = 0; i < now.rows.size(); ++i) {
        changes.push_back(change(now.rows[i], before.rows[i]));
    }
    auto table = with_previous(table_of(now), table_of(before), beside);
    append_changes(table, beside.figure, changes, change(now.total, before.total));
    return table;
}

// Appends the trends of an answer's rows, where it has them (trend.hpp).
template <class Answer>
void append_trends(table::ResultTable& table, const Answer& answer) {
    if (!answer.has_trend) return;
    std::vector<table::Cell> trends;
    for (const auto& row : answer.rows) trends.push_back(row.trend);
    append_column(table, {"trend", "trend"}, std::move(trends), answer.total.trend);
}

}  // namespace jobtally::query
