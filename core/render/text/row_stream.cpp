#include "core/render/text/row_stream.hpp"

#include "core/base/error.hpp"

#include <utility>

namespace jobtally::render {

RowStream::RowStream(Format format, Style style) : m_format(format), m_style(std::move(style)) {
    if (format == Format::json || format == Format::markdown || format == Format::html) {
        throw UsageError("what goes on is printed as table, ndjson, csv or tsv",
                         "for programs: -F ndjson");
    }
}

std::string RowStream::more(const table::ResultTable& table) {
    if (m_format == Format::table) return more_lines(table);
    auto style = m_style;
    style.header = m_style.header && !std::exchange(m_is_begun, true);
    return render(table, m_format, style);
}

// The titles are printed with the first rows, because the kinds of their cells decide how a column
// is aligned.
std::string RowStream::more_lines(table::ResultTable table) {
    std::string out;
    const bool first = !std::exchange(m_is_begun, true);
    if (first && m_style.header && table.window) {
        out += window_line(*table.window, m_style);
    }
    if (table.rows.empty()) return out;
    if (m_layout.widths.empty()) {
        m_places = fit_columns(table, m_style);
        m_left_out = titles_of(table, m_places);
    }
    for (const auto place : m_places) table.columns[place].audience = table::Audience::machines;
    return out + render_table_rows(table, m_style, m_layout);
}

}  // namespace jobtally::render
