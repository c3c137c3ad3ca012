// Prints a ResultTable in one of the formats. Renderers know no queries.
#pragma once

#include "core/table/result_table.hpp"
#include "core/time/zone.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::render {

// How each spells a text (names come from outside, and may hold anything):
// json, ndjson  To the byte: a parser gets back what was stored. All that acts unseen, C1 and
//               bidirectional controls too, is written as \u; bytes that are not UTF-8 are U+FFFD.
// tsv           A backslash is \\, what acts unseen \n, \t, \r, \u{1b}, a byte that is not UTF-8
// \xff:
//               read back, that is the text to the byte. Texts that begin with = + - @ TAB or CR
//               get a `'` in front, so that no spreadsheet takes them for formulas.
// csv           As a person reads it: what acts unseen becomes \n, \t, \u{1b} as in visible(), and
//               a backslash stays one, so texts with controls can't be turned back; all others are
//               to the byte, but for the same `'`. An empty text is "", an unknown cell nothing.
// table, markdown, html  For the eye only: visible() and, where there are marks, their escapes.
enum class Format : std::uint8_t { table, json, ndjson, csv, tsv, markdown, html };

// Throws UsageError for a name that is no format.
Format format_named(std::string_view name);
// By a file name's ending, in any case: .json .ndjson .jsonl .csv .tsv .md .html .txt; none for
// others.
std::optional<Format> format_of_file(std::string_view path);

struct Style {
    time::Zone zone;     // for the times that people read
    bool color = false;  // ANSI escapes; table only
    // --no-header: column names of table, csv, tsv, markdown; window line of table and markdown
    bool header = true;
    // columns of the terminal; the table's long texts are shortened to fit; 0: nothing is shortened
    std::size_t max_width = 0;
    bool ascii = false;  // the terminal has no UTF-8: the table's own marks are ASCII
};

// `table` reduced to the columns of `keys`, in that order, each then for everyone. Empty keys: as
// it is. Throws UsageError, naming the known keys, for one that the table does not have, and for
// one named twice.
table::ResultTable choose_columns(table::ResultTable table, const std::vector<std::string>& keys);

// The whole text, ending in a line break; html is a page of its own.
std::string render(const table::ResultTable& table, Format format, const Style& style);

// One cell as machines see it: 0.5, 1.285, 2020-11-21T14:26:10.345Z; empty where unknown. Texts
// are made visible; neither quoted nor guarded.
std::string machine_text(const table::Cell& cell);
// One cell as a person sees it, with controls made visible: `50.0 %`, `1.29 s`, local time; `-`
// where unknown.
std::string human_text(const table::Cell& cell, const Style& style);
// `2026-11-01 00:00 to 2026-11-08 00:00 Europe/Paris, by created_at`; `all reports` where both
// ends are open.
std::string window_text(const table::Window& window, const Style& style);

}  // namespace jobtally::render
