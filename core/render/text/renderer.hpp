// Prints answers in one of the formats: all that others need of the renderers, which know no
// queries.
#pragma once

#include "core/table/digest.hpp"
#include "core/table/plot.hpp"
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
// tsv           A backslash is \\, what acts unseen \n, \t, \r, \u{1b}, and a byte that is not
//               UTF-8 \xff. Read back, that is the text to the byte.
// csv           As a person reads it: what acts unseen becomes \n, \t, \u{1b} as in visible(), and
//               a backslash stays one, so texts with controls can't be turned back; all others are
//               to the byte. Texts that begin with = + - @ TAB or CR get a `'` in front, so that
//               no spreadsheet takes them for formulas, except ids. An empty text is "", an unknown
//               cell nothing.
// table, markdown, html  For the eye only: visible() and, where there are marks, their escapes.
enum class Format : std::uint8_t { table, json, ndjson, csv, tsv, markdown, html };

// Throws UsageError for a name that is no format.
Format format_named(std::string_view name);
// By a file name's ending, in any case: .json .ndjson .jsonl .csv .tsv .md .html .txt; none for
// others.
std::optional<Format> format_of_file(std::string_view path);

std::vector<std::string> format_endings();

// Formats that people read as they are; the others are read by programs, which count on every key.
constexpr bool is_for_people(Format format) {
    return format == Format::table || format == Format::markdown || format == Format::html;
}

struct Style {
    time::Zone zone;     // for the times that people read
    bool color = false;  // ANSI escapes; table only
    // --no-header: column names of table, csv, tsv, markdown; window line of table and markdown
    bool header = true;
    // columns of the terminal; the table's long texts are shortened to fit; 0: nothing is shortened
    std::size_t max_width = 0;
    bool ascii = false;   // the terminal has no UTF-8: the table's own marks are ASCII
    std::string asked{};  // html: what was asked, when, and by which version, in words
};

// What draws small pictures for the readers of a format.
table::Sparkline sparkline_for(Format format, const Style& style);

// All of these end in a line break; html is a page of its own.
std::string render(const table::ResultTable& table, Format format, const Style& style);

// `table` has exactly one row; for html it may have any number, which become one page. table,
// markdown and html print a line a column (title, value); json and ndjson the object alone; csv and
// tsv as render().
std::string render_record(const table::ResultTable& table, Format format, const Style& style);

// Text for a mail, Markdown for a chat, a page for a browser, JSON for programs. Rows (ndjson, csv,
// tsv) are those of the figures. html alone shows the digest's page.
std::string render_digest(const table::Digest& digest, Format format, const Style& style);

// Bars as text, a line each: label, bar, figures. As wide as style.max_width, 100 columns where
// that is 0; the longest bar of each plot fills what labels and figures leave.
std::string render_plots(const table::Plots& plots, const Style& style);

}  // namespace jobtally::render
