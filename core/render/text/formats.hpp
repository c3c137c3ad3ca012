// What renderer.hpp is made of: a function a format, each in a file of its own. All return text
// that ends in a line break.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/digest.hpp"
#include "core/table/probe.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace jobtally::render {

// text_table.cpp: aligned columns, two spaces apart; a window line, and a rule before the total.
std::string render_table(const table::ResultTable& table, const Style& style);
std::string window_line(const table::Window& window, const Style& style);

// Leaves the columns that have no room in style.max_width to machines, the least important first;
// returns their places, ascending. `cuts`: texts may be shortened to what is usual.
std::vector<std::size_t> fit_columns(table::ResultTable& table, const Style& style,
                                     bool cuts = true);
// The rows with all that people see and nothing cut: what has no room in style.max_width stands
// beneath its row.
std::string render_whole_table(table::ResultTable table, const Style& style);

// What the rows that a table has shown so far fix for later rows: the least widths of its columns,
// and which columns are aligned to the right.
struct TableLayout {
    std::vector<std::size_t> widths;
    std::vector<bool> right;
};
// More rows of one table; the titles come with the first ones.
std::string render_table_rows(const table::ResultTable& table, const Style& style,
                              TableLayout& layout);

// json.cpp: one object with the window, the rows, a line each, and the total; of a digest and of a
// probe what they hold besides. NDJSON is the rows alone.
std::string render_json(const table::ResultTable& table);
std::string render_json(const table::Digest& digest);
std::string render_json(const table::Probe& probe, const Style& style);
std::string render_ndjson(const table::ResultTable& table);

// separated.cpp: the keys, then the rows; no total.
std::string render_csv(const table::ResultTable& table, bool header);
std::string render_tsv(const table::ResultTable& table, bool header);

// markdown.cpp: a pipe table, whose texts are all escaped.
std::string render_markdown(const table::ResultTable& table, const Style& style);

// digest.cpp: what was left out of a section's rows, a line a reason.
std::vector<std::string> left_out_lines(const table::Section& section);

// Below page/. A page of one table, of one or more records, and of a digest.
std::string render_html(const table::ResultTable& table, const Style& style);
std::string render_html_records(const table::ResultTable& table, const Style& style);
std::string render_html(const table::Digest& digest, const Style& style);

}  // namespace jobtally::render
