// How a cell is spelled: exactly for machines, readably for people; and a whole table as people see
// it, before it is laid out: the columns for everyone, spelled.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::render {

// As machines see it: 0.5 (the shortest decimal that reads back as the same double), 1.285,
// 2020-11-21T14:26:10.345Z; empty where unknown. Texts are as they came, control characters and
// all; lists are joined by `; `; JSON is on one line.
std::string plain_text(const table::Cell& cell);
// The same with texts made visible; neither quoted nor guarded.
std::string machine_text(const table::Cell& cell);

// As a person sees it, with controls made visible: `50.0 %`, `1.29 s`, local time; `-` where
// unknown.
std::string human_text(const table::Cell& cell, const Style& style);

// The same of a share of what there is, which can't be above 1: marked where it is, since the
// counts contradict one another. `key`: of the column.
std::string share_text(const table::Cell& cell, std::string_view key, const Style& style);

// A text as far as people read: of one longer than 2,000 columns, or 8,000 bytes, the front and an
// ellipsis.
std::string readable(std::string text, const Style& style);

// `2026-11-01 00:00 to 2026-11-08 00:00 Europe/Paris, by created_at`; `all reports` where both
// ends are open.
std::string window_text(const table::Window& window, const Style& style);

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

Grid grid_of(const table::ResultTable& table, const Style& style, Texts texts = Texts::readable);

// True when a person reads the empty note instead: no rows, and no total that counted anything.
bool says_nothing(const table::ResultTable& table);

}  // namespace jobtally::render
