#include "core/table/result_table.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::table {
namespace {

std::size_t place_of(const ResultTable& table, const std::string& key) {
    const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                                 [&](const Column& column) { return column.key == key; });
    if (at != table.columns.end()) return static_cast<std::size_t>(at - table.columns.begin());
    std::string known;
    for (const Column& column : table.columns) {
        known.append(known.empty() ? "" : ", ").append(column.key);
    }
    throw UsageError("no column \"" + visible(key) + "\"", "the columns are " + known);
}

std::vector<std::size_t> places_of(const ResultTable& table, const std::vector<std::string>& keys) {
    std::vector<std::size_t> places;
    for (const std::string& key : keys) {
        const std::size_t place = place_of(table, key);
        if (std::find(places.begin(), places.end(), place) != places.end()) {
            throw UsageError("column \"" + visible(key) + "\" is named twice");
        }
        places.push_back(place);
    }
    return places;
}

Row chosen(Row& row, const std::vector<std::size_t>& places) {
    Row cells;
    cells.reserve(places.size());
    for (const std::size_t place : places) cells.push_back(std::move(row[place]));
    return cells;
}

}  // namespace

ResultTable choose_columns(ResultTable table, const std::vector<std::string>& keys) {
    if (keys.empty()) return table;
    const std::vector<std::size_t> places = places_of(table, keys);
    std::vector<Column> columns;
    for (const std::size_t place : places) {
        columns.push_back(std::move(table.columns[place]));
        columns.back().audience = Audience::everyone;
    }
    table.columns = std::move(columns);
    for (Row& row : table.rows) row = chosen(row, places);
    if (table.total) table.total = chosen(*table.total, places);
    return table;
}

void hide_unknown(ResultTable& table, std::size_t first) {
    for (std::size_t i = first; i < table.columns.size(); ++i) {
        const bool says_nothing =
            std::all_of(table.rows.begin(), table.rows.end(), [&](const Row& row) {
                const auto* text = std::get_if<std::string>(&row[i]);
                return text ? text->empty() : std::holds_alternative<std::monostate>(row[i]);
            });
        if (says_nothing) table.columns[i].audience = Audience::machines;
    }
}

}  // namespace jobtally::table
