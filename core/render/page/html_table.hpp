// A ResultTable as an HTML table, for a page of its own or as a part of one.
#pragma once

#include "core/render/text/renderer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace jobtally::render {

// A further column at the end of a table, as HTML: its heading, and a drawing a row.
struct Drawings {
    std::string heading;
    std::vector<std::string> cells;
};

// A <table> in a box that scrolls by itself. Cells carry their exact value in data-value, headings
// their key in data-key; the page's script makes it sortable. A table without rows is its note.
std::string html_table(const table::ResultTable& table, std::string_view caption,
                       const Style& style, const Drawings& drawings = {});

}  // namespace jobtally::render
