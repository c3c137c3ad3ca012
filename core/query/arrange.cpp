// Compares cells of one column.
#include "core/query/arrange.hpp"

#include "core/base/error.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace jobtally::query {

namespace {

using table::Cell;

std::size_t find_column(const table::ResultTable& table, const std::string& key) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].key == key) return i;
        known.push_back(table.columns[i].key);
    }
    throw UsageError(fmt::format("can't sort by \"{}\"", key),
                     fmt::format("the keys are {}", fmt::join(known, ", ")));
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

// Monday first; other texts of that column do not occur.
Cell weekday_number(const Cell& cell) {
    constexpr std::string_view names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};
    const auto* text = std::get_if<std::string>(&cell);
    if (!text) return cell;
    return std::int64_t{std::find(std::begin(names), std::end(names), *text) - std::begin(names)};
}

bool cell_before(const Cell& a, const Cell& b) {
    if (a.index() != b.index()) return a.index() < b.index();
    return std::visit(CellBefore{}, a, b);
}

bool is_unknown(const Cell& cell) {
    return std::holds_alternative<std::monostate>(cell);
}

}  // namespace

table::ResultTable arranged(table::ResultTable table, const Arrangement& arrangement) {
    if (!arrangement.sort.empty()) {
        const bool descending = arrangement.sort.front() == '-';
        const std::string key = arrangement.sort.substr(descending ? 1 : 0);
        const std::size_t column = find_column(table, key);
        const auto value = [&](const table::Row& row) {
            return key == "weekday" ? weekday_number(row[column]) : row[column];
        };
        std::stable_sort(table.rows.begin(), table.rows.end(),
                         [&](const table::Row& left, const table::Row& right) {
                             const Cell a = value(left);
                             const Cell b = value(right);
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
