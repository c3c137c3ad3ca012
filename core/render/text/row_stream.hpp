// Rows that come bit by bit, printed as one answer.
#pragma once

#include "core/render/text/formats.hpp"
#include "core/render/text/renderer.hpp"

#include <string>

namespace jobtally::render {

// The header comes once. A table's columns keep their widths, and widen where a later text asks for
// it. Formats that have an end or a frame (json, markdown, html) can't be streamed.
class RowStream {
  public:
    // Throws UsageError for a format that can't be streamed.
    RowStream(Format format, Style style);

    // The text of these rows; all tables have the same columns. The first one's window counts.
    std::string more(const table::ResultTable& table);

  private:
    std::string more_lines(const table::ResultTable& table);

    Format m_format;
    Style m_style;
    bool m_is_begun = false;
    TableLayout m_layout;
};

}  // namespace jobtally::render
