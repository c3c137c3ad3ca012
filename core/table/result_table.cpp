#include "core/table/result_table.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/nearest.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::table {
namespace {

std::vector<std::size_t> places_of(const ResultTable& table, const std::vector<std::string>& keys) {
    std::vector<std::size_t> places;
    for (const std::string& key : keys) {
        const std::size_t place = column_named(table, key);
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

std::size_t column_named(const ResultTable& table, std::string_view name) {
    const auto wanted = trim(name);
    std::vector<std::string> keys, names;
    for (const Column& column : table.columns) keys.push_back(column.key);
    const auto key = std::find(keys.begin(), keys.end(), wanted);
    if (key != keys.end()) return static_cast<std::size_t>(key - keys.begin());
    for (std::size_t place = 0; place < keys.size(); ++place) {
        if (!wanted.empty() && equals_ignoring_case(table.columns[place].title, wanted))
            return place;
        names.insert(names.end(), {keys[place], table.columns[place].title});
    }
    std::string known;
    for (const auto& each : keys) known.append(known.empty() ? "" : ", ").append(each);
    throw UsageError("no column " + in_quotes(name),
                     did_you_mean(wanted, names, "the columns are " + known));
}

ResultTable choose_columns(ResultTable table, const std::vector<std::string>& keys) {
    if (keys.empty()) return table;
    const std::vector<std::size_t> places = places_of(table, keys);
    std::vector<Column> columns;
    for (const std::size_t place : places) {
        columns.push_back(std::move(table.columns[place]));
        columns.back().audience = Audience::everyone;
        columns.back().gives_way = 0;
    }
    table.columns = std::move(columns);
    for (Row& row : table.rows) row = chosen(row, places);
    if (table.total) table.total = chosen(*table.total, places);
    return table;
}

std::vector<std::string> titles_of(const ResultTable& table,
                                   const std::vector<std::size_t>& places) {
    std::vector<std::string> titles;
    for (const std::size_t place : places) {
        const Column& column = table.columns[place];
        titles.push_back(column.title.empty() ? column.key : column.title);
    }
    return titles;
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
