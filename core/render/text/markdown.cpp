// A pipe table as GitHub and mail readers know it. Every text is escaped: it means what it says.
#include "core/base/ascii.hpp"
#include "core/base/text.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"

#include <string_view>

namespace jobtally::render {
namespace {

// A backslash makes any ASCII punctuation plain; of these, `:` and `.` would begin a link by
// themselves (https://, www.), `$` a formula.
std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (letter == '<') {
            out += "&lt;";
        } else if (letter == '>') {
            out += "&gt;";
        } else if (letter == '&') {
            out += "&amp;";
        } else {
            const bool link =
                (letter == ':' && text.substr(at, 3) == "://") ||
                (letter == '.' && at >= 3 && equals_ignoring_case(text.substr(at - 3, 3), "www"));
            if (link || std::string_view{"\\`*_[]|~#$@!"}.find(letter) != std::string_view::npos) {
                out += '\\';
            }
            out += letter;
        }
    }
    return out;
}

std::string line_of(const std::vector<std::string>& cells) {
    std::string out = "|";
    for (const std::string& cell : cells) out += cell.empty() ? " |" : " " + cell + " |";
    return out + "\n";
}

std::string header_lines(const Grid& grid) {
    std::vector<std::string> titles;
    std::vector<std::string> marks;
    for (const GridColumn& column : grid.columns) {
        titles.push_back(escaped(column.title));
        marks.emplace_back(column.right ? "---:" : "---");
    }
    return line_of(titles) + line_of(marks);
}

std::string row_line(const GridRow& row, std::string_view mark) {
    std::vector<std::string> cells;
    for (const GridCell& cell : row) {
        std::string text = escaped(cell.text);
        if (!mark.empty() && !text.empty()) text = std::string{mark} + text + std::string{mark};
        cells.push_back(std::move(text));
    }
    return line_of(cells);
}

}  // namespace

std::string render_markdown(const table::ResultTable& table, const Style& style) {
    std::string out;
    if (style.header && table.window) out += escaped(window_text(*table.window, style)) + "\n\n";
    if (says_nothing(table)) return out + escaped(visible(table.empty_note)) + "\n";
    const Grid grid = grid_of(table, style);
    if (style.header) out += header_lines(grid);
    for (const GridRow& row : grid.rows) out += row_line(row, {});
    if (!grid.total.empty()) out += row_line(grid.total, "**");
    return out;
}

}  // namespace jobtally::render
