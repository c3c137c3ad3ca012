// Tables that can be read by people, screen readers and programs; and a page that is just one.
#include "core/base/text.hpp"
#include "core/render/page/html.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

constexpr std::size_t longest_line = 40;     // of a cell
constexpr std::size_t longest_value = 8000;  // of a text, in bytes

bool is_state(std::string_view key) {
    return key.ends_with("status") || key.ends_with("state");
}

bool is_code(std::string_view key) {
    return key == "next_step" || key == "id" || key.ends_with("_id");
}

std::string_view state_class(std::string_view word) {
    if (word == "SUCCESS" || word == "on-time") return "ok";
    if (word == "FAILURE" || word == "missed" || word == "stuck") return "bad";
    if (word == "late") return "warn";
    return "other";
}

// Only long texts are broken into lines.
std::string class_of(const GridColumn& column, const GridCell& cell) {
    if (column.right) return R"( class="n")";
    return display_width(cell.text) > longest_line ? R"( class="long")" : "";
}

std::string cell_content(const GridCell& cell, const table::Cell& value, std::string_view key) {
    const std::string text = html_text(cell.text);
    if (cell.unknown || !table::is_text(value)) return text;
    if (is_state(key)) {
        return fmt::format(R"(<span class="state {}">{}</span>)", state_class(cell.text), text);
    }
    if (is_code(key)) return "<code>" + text + "</code>";
    if (key == "histogram" || key == "trend") return R"(<span class="spread">)" + text + "</span>";
    return "<bdi>" + text + "</bdi>";
}

std::string heading_row(const Grid& grid, const std::string& drawn) {
    std::string out = "<tr>";
    for (const GridColumn& column : grid.columns) {
        out += fmt::format(R"(<th scope="col"{} data-key="{}" data-sort="{}">{}</th>)",
                           column.right ? R"( class="n")" : "", html_text(column.column->key),
                           column.right ? "number" : "text", html_text(column.title));
    }
    if (!drawn.empty()) out += R"(<th scope="col" class="drawn">)" + drawn + "</th>";
    return out + "</tr>\n";
}

std::string cells_of(const Grid& grid, const GridRow& cells, const table::Row& values,
                     bool is_total) {
    std::string out;
    bool named = false;
    for (std::size_t at = 0; at < cells.size(); ++at) {
        const GridColumn& column = grid.columns[at];
        const bool names = !named && column.column->grouping;
        named = named || names;
        const table::Cell none;
        const table::Cell& value =
            is_total && column.column->grouping ? none : values[column.place];
        out += names ? R"(<th scope="row")" : "<td";
        out += class_of(column, cells[at]);
        // What is cut is sorted by what is seen of it.
        std::string sorted_by = machine_text(value);
        if (table::is_text(value) && sorted_by.size() > longest_value) sorted_by = cells[at].text;
        out += fmt::format(R"( data-value="{}">{}</{}>)", html_text(sorted_by),
                           cell_content(cells[at], value, column.column->key), names ? "th" : "td");
    }
    return out;
}

std::string title_of(const table::ResultTable& table) {
    if (table.rows_key == "groups") return "Job reports";
    std::string title = visible(table.rows_key);
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] -= 'a' - 'A';
    return title;
}

std::string open_main(std::string_view title) {
    return "<main>\n<header>\n<p class=\"brand\">jobtally</p>\n<h1>" + html_text(title) + "</h1>\n";
}

// A line a column; the heading is the first cell.
std::string record(const Grid& grid, const GridRow& cells, const table::Row& values) {
    const std::string heading = cells.empty() ? "" : cells.front().text;
    std::string out =
        "<table class=\"record\">\n<caption>" + html_text(heading) + "</caption>\n<tbody>\n";
    for (std::size_t at = 0; at < cells.size(); ++at) {
        const GridColumn& column = grid.columns[at];
        const table::Cell& value = values[column.place];
        out += fmt::format("<tr><th scope=\"row\">{}</th><td{}{}>{}</td></tr>\n",
                           html_text(column.title),
                           display_width(cells[at].text) > longest_line ? R"( class="long")" : "",
                           figure_attributes(column.column->key, value),
                           cell_content(cells[at], value, column.column->key));
    }
    return "<section>\n<h2><bdi>" + html_text(heading) + "</bdi></h2>\n" +
           html_scroll_box(heading, out + "</tbody>\n</table>\n") + "</section>\n";
}

}  // namespace

std::string html_table(const table::ResultTable& table, std::string_view caption,
                       const Style& style, const Drawings& drawings) {
    if (says_nothing(table)) return html_nothing(table.empty_note);
    const Grid grid = grid_of(table, style);
    std::string out =
        fmt::format("<table class=\"sortable\" data-rows=\"{}\">\n<caption>{}</caption>\n<thead>\n",
                    html_text(table.rows_key), html_text(caption));
    out += heading_row(grid, drawings.heading) + "</thead>\n<tbody>\n";
    for (std::size_t at = 0; at < grid.rows.size(); ++at) {
        out += "<tr>" + cells_of(grid, grid.rows[at], table.rows[at], false);
        if (!drawings.cells.empty()) out += "<td class=\"drawn\">" + drawings.cells[at] + "</td>";
        out += "</tr>\n";
    }
    out += "</tbody>\n";
    if (!grid.total.empty()) {
        out +=
            "<tfoot>\n<tr>" + cells_of(grid, grid.total, *table.total, true) + "</tr>\n</tfoot>\n";
    }
    return html_scroll_box(caption, out + "</table>\n");
}

std::string render_html(const table::ResultTable& table, const Style& style) {
    const std::string title = title_of(table);
    std::string body = open_main(title);
    std::string caption = title;
    if (table.window) {
        const std::string window = window_text(*table.window, style);
        body += "<p class=\"window\">" + html_text(window) + "</p>\n";
        caption += ", " + window;
    }
    body += "</header>\n<section>\n" + html_table(table, caption, style) + "</section>\n</main>\n";
    return html_page("jobtally: " + caption, body, style.asked);
}

std::string render_html_records(const table::ResultTable& table, const Style& style) {
    const Grid grid = grid_of(table, style, Texts::whole);
    std::string body = open_main(title_of(table)) + "</header>\n";
    if (grid.rows.empty()) body += html_nothing(table.empty_note);
    for (std::size_t row = 0; row < grid.rows.size(); ++row) {
        body += record(grid, grid.rows[row], table.rows[row]);
    }
    return html_page("jobtally: " + title_of(table), body + "</main>\n", style.asked);
}

}  // namespace jobtally::render
