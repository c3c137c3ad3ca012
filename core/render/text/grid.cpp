#include "core/render/text/grid.hpp"

#include "core/base/text.hpp"
#include "core/render/text/cell_text.hpp"

#include <algorithm>

namespace jobtally::render {
namespace {

struct IsQuantity {
    bool operator()(std::int64_t) const { return true; }
    bool operator()(table::Digits) const { return true; }
    bool operator()(table::Number) const { return true; }
    bool operator()(table::Ratio) const { return true; }
    bool operator()(time::Duration) const { return true; }
    bool operator()(const table::Change&) const { return true; }
    bool operator()(const auto&) const { return false; }
};

bool is_quantity(const table::Cell& cell) {
    return std::visit(IsQuantity{}, cell);
}

// Ids and commands are copied into a shell: a part of one is worth nothing.
bool is_copied(std::string_view key) {
    return key == "id" || key.ends_with("_id") || key == "next_step";
}

// A name may have a megabyte; programs get all of it, people as much as they read.
std::string readable(std::string text, const Style& style) {
    constexpr std::size_t columns = 2000, bytes = 4 * columns;
    if (text.size() <= columns) return text;
    const std::string_view ellipsis = style.ascii ? "..." : "…";
    if (text.size() <= bytes) return shorten(text, columns, ellipsis);
    std::size_t size = bytes;
    while ((text[size] & 0xc0) == 0x80) --size;
    text.resize(size);
    return shorten(text, columns - 3, "") + std::string(ellipsis);
}

template <class Is>
bool any_cell(const table::ResultTable& table, std::size_t place, Is is) {
    return std::any_of(table.rows.begin(), table.rows.end(),
                       [&](const table::Row& row) { return is(row[place]); }) ||
           (table.total && is((*table.total)[place]));
}

GridRow spelled(const table::Row& row, const std::vector<GridColumn>& columns, const Style& style,
                Texts texts) {
    GridRow cells;
    cells.reserve(columns.size());
    for (const GridColumn& column : columns) {
        std::string text = human_text(row[column.place], style);
        const std::string& key = column.column->key;
        if (texts == Texts::readable && !is_copied(key)) text = readable(std::move(text), style);
        const auto* ratio = std::get_if<table::Ratio>(&row[column.place]);
        if (ratio && ratio->value > 1 && key.ends_with("_rate")) text += " (!)";
        const bool unknown = text == "-" && !table::is_text(row[column.place]);
        cells.push_back({std::move(text), unknown});
    }
    return cells;
}

GridRow spelled_total(const table::Row& row, const std::vector<GridColumn>& columns,
                      const Style& style) {
    GridRow cells = spelled(row, columns, style, Texts::readable);
    bool named = false;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        if (!columns[at].column->grouping) continue;
        cells[at] = {named ? "" : "total", false};
        named = true;
    }
    return cells;
}

// Whether there is a single group, which the row of the total would repeat.
bool says_the_same(const Grid& grid) {
    if (grid.rows.size() != 1 || grid.total.empty()) return false;
    for (std::size_t at = 0; at < grid.columns.size(); ++at) {
        const bool is_told = !grid.columns[at].column->grouping && !grid.total[at].unknown;
        if (is_told && grid.rows[0][at].text != grid.total[at].text) return false;
    }
    return true;
}

}  // namespace

Grid grid_of(const table::ResultTable& table, const Style& style, Texts texts) {
    Grid grid;
    for (std::size_t place = 0; place < table.columns.size(); ++place) {
        const table::Column& column = table.columns[place];
        if (column.audience != table::Audience::everyone) continue;
        grid.columns.push_back({&column, place,
                                visible(column.title.empty() ? column.key : column.title),
                                any_cell(table, place, is_quantity),
                                any_cell(table, place, table::is_text) && !is_copied(column.key)});
    }
    for (const table::Row& row : table.rows)
        grid.rows.push_back(spelled(row, grid.columns, style, texts));
    if (table.total) grid.total = spelled_total(*table.total, grid.columns, style);
    if (says_the_same(grid)) grid.total.clear();
    return grid;
}

bool says_nothing(const table::ResultTable& table) {
    if (!table.rows.empty()) return false;
    if (!table.total) return true;
    return std::none_of(table.total->begin(), table.total->end(), [](const table::Cell& cell) {
        return is_quantity(cell) && cell != table::Cell{std::int64_t{0}} &&
               cell != table::Cell{time::Duration{0}};
    });
}

}  // namespace jobtally::render
