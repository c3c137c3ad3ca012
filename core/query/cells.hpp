// Small steps that every `..._table` takes.
#pragma once

#include "core/table/result_table.hpp"

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

namespace jobtally::query {

inline table::Cell ratio_cell(const std::optional<double>& value) {
    return value ? table::Cell{table::Ratio{*value}} : table::Cell{};
}

// The grouping cells (a total has none: they are filled up), then the figures.
inline table::Row with_figures(table::Row key, std::size_t key_cells,
                               std::initializer_list<table::Cell> figures) {
    key.resize(key_cells);
    key.insert(key.end(), figures);
    return key;
}

inline std::vector<table::Column> with_columns(std::vector<table::Column> columns,
                                               std::initializer_list<table::Column> more) {
    columns.insert(columns.end(), more);
    return columns;
}

}  // namespace jobtally::query
