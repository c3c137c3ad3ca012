// Rows that come bit by bit, printed as one answer.
#pragma once

#include "core/render/text/formats.hpp"
#include "core/render/text/renderer.hpp"

#include <string>
#include <utility>
#include <vector>

namespace jobtally::render {

// The header comes once. A table's columns keep their widths, and widen where a later text asks for
// it. Formats that have an end or a frame (json, markdown, html) can't be streamed.
class RowStream {
  public:
    // Throws UsageError for a format that can't be streamed.
    RowStream(Format format, Style style);

    // The text of these rows; all tables have the same columns. The first one's window counts.
    std::string more(const table::ResultTable& table);
    // The titles of the columns that had no room in the first rows, once.
    std::vector<std::string> take_left_out() { return std::exchange(m_left_out, {}); }

  private:
    std::string more_lines(table::ResultTable table);

    Format m_format;
    Style m_style;
    bool m_is_begun = false;
    TableLayout m_layout;
    std::vector<std::size_t> m_places;  // of what was left out
    std::vector<std::string> m_left_out;
};

}  // namespace jobtally::render
