// A ResultTable as people see it, before it is laid out: the columns for everyone, spelled.
#pragma once

#include "core/render/text/renderer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::render {

struct GridColumn {
    const table::Column* column;  // of the table that the grid was made from, which must outlive it
    std::size_t place;            // among the table's columns
    std::string title;
    bool right = false;    // numbers
    bool shrinks = false;  // texts, which may be shortened
};

struct GridCell {
    std::string text;
    bool unknown = false;
};

using GridRow = std::vector<GridCell>;  // as many as there are columns

struct Grid {
    std::vector<GridColumn> columns;
    std::vector<GridRow> rows;
    // Empty where there is none, or it says what the only row says; the first grouping cell says
    // `total`.
    GridRow total;
};

enum class Texts : std::uint8_t { readable, whole };

// Of a text longer than 2,000 columns, or 8,000 bytes, `readable` has the front and an ellipsis.
Grid grid_of(const table::ResultTable& table, const Style& style, Texts texts = Texts::readable);

// True when a person reads the empty note instead: no rows, and no total that counted anything.
bool says_nothing(const table::ResultTable& table);

}  // namespace jobtally::render
