#include "core/query/group_table.hpp"

#include <algorithm>
#include <iterator>

namespace jobtally::query {

namespace {

using table::Cell;

// Unambiguous: the kind of each cell is part of it.
std::string text_of(const GroupKey& key, std::size_t cells) {
    std::string text;
    for (std::size_t i = 0; i < cells; ++i) {
        text += std::to_string(key[i].index()) + ':';
        if (const auto* word = std::get_if<std::string>(&key[i])) text += *word;
        if (const auto* number = std::get_if<std::int64_t>(&key[i]))
            text += std::to_string(*number);
        if (const auto* day = std::get_if<table::Weekday>(&key[i])) text += day->name();
        text += '\0';
    }
    return text;
}

// By definition the id alone: name and type may have changed.
std::size_t cells_compared(const GroupKey& key, const GroupBy& by) {
    if (by.by == By::definition) return 1;
    return by.every ? key.size() - 1 : key.size();
}

struct CellBefore {
    template <class T>
    bool operator()(const T& a, const T& b) const {
        if constexpr (requires { a < b; }) return a < b;
        if constexpr (requires { a.value < b.value; }) return a.value < b.value;
        if constexpr (requires { a.text < b.text; }) return a.text < b.text;
        return false;
    }
    template <class A, class B>
    bool operator()(const A&, const B&) const {
        return false;
    }
};

bool cell_before(const Cell& a, const Cell& b) {
    if (a.index() != b.index()) return a.index() < b.index();
    return std::visit(CellBefore{}, a, b);
}

bool is_unknown(const Cell& cell) {
    return std::holds_alternative<std::monostate>(cell);
}

}  // namespace

std::vector<std::string> matching_keys(const std::vector<GroupKey>& keys, const GroupBy& by) {
    std::vector<std::string> texts;
    std::map<std::string, std::size_t> seen;
    for (const auto& key : keys) {
        std::string text = text_of(key, cells_compared(key, by));
        if (by.every) text += std::to_string(seen[text]++);
        texts.push_back(std::move(text));
    }
    return texts;
}

void append_previous(table::ResultTable& now, const table::ResultTable& before,
                     const std::vector<std::pair<std::string, std::string>>& shown) {
    if (now.window && before.window) now.window->previous = before.window->span;
    for (std::size_t i = 0; i < before.columns.size(); ++i) {
        table::Column column = before.columns[i];
        if (column.grouping && column.key != "bucket") continue;
        const auto found = std::find_if(shown.begin(), shown.end(),
                                        [&](const auto& one) { return one.first == column.key; });
        const bool is_shown = found != shown.end();
        column.audience = is_shown ? table::Audience::everyone : table::Audience::machines;
        if (is_shown) column.title = found->second;
        column.gives_way = found == shown.begin() ? 8 : 2;  // the count gives way, the figure stays
        column.key = "previous." + column.key;
        std::vector<table::Cell> cells;
        for (const auto& row : before.rows) cells.push_back(row[i]);
        append_column(now, std::move(column), std::move(cells), (*before.total)[i]);
    }
}

table::Cell rate_change(const model::Rate& now, const model::Rate& before, bool more_is_better) {
    const auto value = now.value();
    const auto was = before.value();
    if (!value || !was) return {};
    const auto interval = now.wilson();
    const auto interval_before = before.wilson();
    const bool apart =
        interval->low > interval_before->high || interval->high < interval_before->low;
    return table::Change{*value - *was, table::Change::Unit::points, more_is_better, apart};
}

void append_changes(table::ResultTable& table, const std::string& figure,
                    const std::vector<table::Cell>& changes, const table::Cell& total) {
    const auto changed = [](const table::Cell& cell) {
        const auto* change = std::get_if<table::Change>(&cell);
        return change ? table::Cell{change->notable} : table::Cell{};
    };
    std::vector<table::Cell> notable;
    for (const auto& cell : changes) notable.push_back(changed(cell));
    append_column(table, {figure + "_change", "change"}, changes, total);
    append_column(table, {figure + "_changed", "changed", table::Audience::machines}, notable,
                  changed(total));
}

table::Row group_cells(GroupKey key, std::size_t key_cells, table::Row figures) {
    key.resize(key_cells);
    key.insert(key.end(), std::make_move_iterator(figures.begin()),
               std::make_move_iterator(figures.end()));
    return key;
}

void append_column(table::ResultTable& table, table::Column column, std::vector<table::Cell> cells,
                   table::Cell total) {
    table.columns.push_back(std::move(column));
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        table.rows[i].push_back(std::move(cells[i]));
    }
    if (table.total) table.total->push_back(std::move(total));
}

table::ResultTable arranged(table::ResultTable table, const Arrangement& arrangement) {
    if (!arrangement.sort.empty()) {
        const bool descending = arrangement.sort.front() == '-';
        const std::string key = arrangement.sort.substr(descending ? 1 : 0);
        const std::size_t column = table::column_named(table, key);
        std::stable_sort(table.rows.begin(), table.rows.end(),
                         [&](const table::Row& left, const table::Row& right) {
                             const Cell& a = left[column];
                             const Cell& b = right[column];
                             if (is_unknown(a) || is_unknown(b))
                                 return !is_unknown(a) && is_unknown(b);
                             return descending ? cell_before(b, a) : cell_before(a, b);
                         });
    }
    if (arrangement.top > 0 && table.rows.size() > arrangement.top) {
        table.rows.resize(arrangement.top);
    }
    return table;
}

}  // namespace jobtally::query
