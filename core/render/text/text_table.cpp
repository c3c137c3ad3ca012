// The table on a terminal or a pipe: aligned columns, two spaces apart, a rule before the total.
#include "core/base/text.hpp"
#include "core/base/wrap.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace jobtally::render {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least_text = 16;  // no text column is shrunk below this
constexpr std::size_t usual_text = 48;  // longer texts are shortened before a column gives way
constexpr std::size_t usual_name = 30;  // longer ones have a line of their own, where none is cut
constexpr std::size_t beneath_in = 4;   // blanks before what stands beneath its row

constexpr std::string_view bold = "1";
constexpr std::string_view dim = "2";
constexpr std::string_view red = "31";
constexpr std::string_view green = "32";
constexpr std::string_view yellow = "33";
constexpr std::string_view cyan = "36";

// Shares of success below these are red and yellow.
constexpr double poor = 0.90;
constexpr double fair = 0.98;

std::string_view color_of_share(double success) {
    if (success < poor) return red;
    return success < fair ? yellow : std::string_view{};
}

std::string_view color_of_word(std::string_view word) {
    if (word == "SUCCESS" || word == "on-time") return green;
    if (word == "FAILURE" || word == "missed" || word == "stuck") return red;
    if (word == "late") return yellow;
    return word == "RUNNING" ? cyan : std::string_view{};
}

std::string_view color_of(const table::Cell& cell, std::string_view key) {
    if (const auto* ratio = std::get_if<table::Ratio>(&cell)) {
        if (key.ends_with("success_rate")) return color_of_share(ratio->value);
        if (key.ends_with("failure_rate")) return color_of_share(1 - ratio->value);
    }
    if (const auto* change = std::get_if<table::Change>(&cell)) {
        if (!change->notable) return dim;
        return (change->value > 0) == change->more_is_better ? green : red;
    }
    const auto* word = std::get_if<std::string>(&cell);
    if (word != nullptr && (key.ends_with("status") || key.ends_with("state"))) {
        return color_of_word(*word);
    }
    return {};
}

using Widths = std::vector<std::size_t>;

// No column is made wider: one endless name would fill all lines with blanks, gigabytes of them in
// a long table. A longer text that is not cut sticks out of its column.
std::size_t widest_column(std::size_t rows) {
    constexpr std::size_t blanks = 4'000'000;
    return std::clamp<std::size_t>(blanks / std::max<std::size_t>(rows, 1), 160, 2000);
}

Widths natural_widths(const Grid& grid, bool header) {
    const auto widest = widest_column(grid.rows.size());
    Widths widths(grid.columns.size(), 0);
    for (std::size_t at = 0; at < widths.size(); ++at) {
        const auto widen = [&width = widths[at], widest](const std::string& text) {
            width = std::max(width, std::min(display_width(text), widest));
        };
        if (header) widen(grid.columns[at].title);
        for (const GridRow& row : grid.rows) widen(row[at].text);
        if (!grid.total.empty()) widen(grid.total[at].text);
    }
    return widths;
}

std::size_t width_of_line(const Widths& widths) {
    return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
           gap * (widths.empty() ? 0 : widths.size() - 1);
}

Widths capped(Widths widths, const Grid& grid, std::size_t cap) {
    for (std::size_t at = 0; at < widths.size(); ++at) {
        if (grid.columns[at].shrinks) widths[at] = std::min(widths[at], cap);
    }
    return widths;
}

// The widest text columns are cut first: all to the greatest common cap that fits. None is cut
// where the line would be too long even so.
Widths fitted(const Widths& natural, const Grid& grid, std::size_t max_width) {
    if (max_width == 0 || natural.empty() || width_of_line(natural) <= max_width ||
        width_of_line(capped(natural, grid, least_text)) > max_width)
        return natural;
    std::size_t fits = least_text;
    std::size_t beyond = std::max(*std::max_element(natural.begin(), natural.end()), fits + 1);
    while (beyond - fits > 1) {
        const std::size_t middle = fits + (beyond - fits) / 2;
        (width_of_line(capped(natural, grid, middle)) <= max_width ? fits : beyond) = middle;
    }
    return capped(natural, grid, fits);
}

// The widths of columns that are not cut: the first text has what the others leave of the line, and
// a longer one stands on a line of its own.
Widths uncut(Widths widths, std::size_t max_width) {
    if (max_width == 0 || widths.empty()) return widths;
    const std::size_t others = width_of_line(widths) - widths.front();
    const std::size_t left = max_width > others ? max_width - others : 0;
    widths.front() = std::min(widths.front(), std::max(left, least_text));
    return widths;
}

class Lines {
  public:
    Lines(const Grid& grid, const Style& style)
        : Lines(grid, style, natural_widths(grid, style.header)) {}
    Lines(const Grid& grid, const Style& style, const Widths& natural, bool cuts = true)
        : m_grid(grid),
          m_style(style),
          m_cuts(cuts && style.max_width > 0),
          m_widths(cuts ? fitted(natural, grid, style.max_width)
                        : uncut(natural, style.max_width)) {}

    void line(std::string_view text, std::string_view color) {
        append_colored(text, color);
        m_out += '\n';
    }

    void titles() {
        begin_line();
        for (std::size_t at = 0; at < m_widths.size(); ++at) {
            append_padded(at, m_grid.columns[at].title, bold);
        }
        m_out += '\n';
    }

    void row(const GridRow& cells, const table::Row& values) {
        begin_line();
        for (std::size_t at = 0; at < m_widths.size(); ++at) {
            const GridColumn& column = m_grid.columns[at];
            const std::string_view color =
                cells[at].unknown ? dim : color_of(values[column.place], column.column->key);
            append_padded(at, cells[at].text, color);
            if (at == 0 && !m_cuts && display_width(cells[at].text) > m_widths[at]) break_line();
        }
        while (!m_out.empty() && m_out.back() == ' ') m_out.pop_back();  // of a picture
        m_out += '\n';
    }

    void rule() {
        std::string text;
        for (std::size_t at = 0; at < width_of_line(m_widths); ++at) {
            text += m_style.ascii ? "-" : "─";
        }
        line(text, dim);
    }

    std::string take() { return std::move(m_out); }

  private:
    void begin_line() { m_owed = 0; }
    // Goes on behind the first column.
    void break_line() {
        if (m_style.max_width == 0) return;
        m_out += '\n';
        m_owed = m_widths.front();
    }

    void append_colored(std::string_view text, std::string_view color) {
        if (!m_style.color || color.empty() || text.empty()) {
            m_out += text;
        } else {
            m_out.append("\x1b[").append(color).append("m").append(text).append("\x1b[0m");
        }
    }

    // Spaces are only written when something follows them, so that no line ends in spaces.
    void append_padded(std::size_t at, std::string_view text, std::string_view color) {
        const std::size_t width = m_widths[at];
        std::string cut;
        if (m_cuts && m_grid.columns[at].shrinks) {
            cut = shorten(text, width, m_style.ascii ? "..." : "…");
            text = cut;
        }
        const std::size_t spaces = width - std::min(display_width(text), width);
        const bool right = m_grid.columns[at].right;
        m_owed += (at > 0 ? gap : 0) + (right ? spaces : 0);
        if (!text.empty()) {
            m_out.append(m_owed, ' ');
            m_owed = 0;
            append_colored(text, color);
        }
        if (!right) m_owed += spaces;
    }

    const Grid& m_grid;
    const Style& m_style;
    const bool m_cuts;
    const Widths m_widths;
    std::size_t m_owed = 0;
    std::string m_out;
};

// Columns only widen, and once a number has aligned a column to the right it stays there.
void settle(TableLayout& layout, Grid& grid, const Style& style) {
    const Widths natural = natural_widths(grid, style.header);
    layout.widths.resize(natural.size());
    layout.right.resize(natural.size());
    for (std::size_t at = 0; at < natural.size(); ++at) {
        layout.widths[at] = std::max(layout.widths[at], natural[at]);
        layout.right[at] = layout.right[at] || grid.columns[at].right;
        grid.columns[at].right = layout.right[at];
    }
}

// Which of the grid's columns have room in `max_width`: the least important are left out, then
// those that have room after all come back.
std::vector<bool> with_room(const Grid& grid, const Widths& widths, std::size_t max_width) {
    std::vector<bool> stays(widths.size(), true);
    const auto width = [&] {
        Widths kept;
        for (std::size_t at = 0; at < widths.size(); ++at) {
            if (stays[at]) kept.push_back(widths[at]);
        }
        return width_of_line(kept);
    };
    std::vector<std::size_t> order;
    for (std::size_t at = widths.size(); at-- > 1;) {
        if (grid.columns[at].column->gives_way > 0) order.push_back(at);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return grid.columns[a].column->gives_way > grid.columns[b].column->gives_way;
    });
    auto next = order.begin();
    for (; next != order.end() && width() > max_width; ++next) stays[*next] = false;
    while (next != order.begin()) {
        stays[*--next] = true;
        if (width() > max_width) stays[*next] = false;
    }
    return stays;
}

// `last failure: 2026-11-22 02:30, next: jobtally show X`, in lines.
std::string beneath(const table::ResultTable& table, const table::Row& row,
                    const std::vector<std::size_t>& places, const Style& style) {
    std::string out;
    std::size_t used = 0;
    for (const std::size_t place : places) {
        if (std::holds_alternative<std::monostate>(row[place])) continue;
        const std::string text = table.columns[place].title + ": " + human_text(row[place], style);
        const std::size_t width = display_width(text);
        const bool fits = used > 0 && used + 2 + width <= style.max_width;
        out += fits ? ", " : (used > 0 ? "\n" : "") + std::string(beneath_in, ' ');
        out += wrapped(text, style.max_width - beneath_in, beneath_in);
        used = fits ? used + 2 + width : beneath_in + width;
    }
    return out.empty() ? out : out + "\n";
}

}  // namespace

std::vector<std::size_t> fit_columns(table::ResultTable& table, const Style& style, bool cuts) {
    std::vector<std::size_t> left_out;
    if (style.max_width == 0) return left_out;
    const Grid grid = grid_of(table, style);
    Widths widths = natural_widths(grid, style.header);
    if (cuts)
        widths = capped(std::move(widths), grid, usual_text);
    else if (!widths.empty())
        widths.front() = std::min(widths.front(), usual_name);
    const auto stays = with_room(grid, widths, style.max_width);
    for (std::size_t at = 0; at < stays.size(); ++at) {
        if (stays[at]) continue;
        left_out.push_back(grid.columns[at].place);
        table.columns[left_out.back()].audience = table::Audience::machines;
    }
    return left_out;
}

std::string render_whole_table(table::ResultTable table, const Style& style) {
    const auto places = fit_columns(table, style, false);
    const Grid grid = grid_of(table, style);
    Lines lines(grid, style, natural_widths(grid, style.header), false);
    if (style.header) lines.titles();
    std::string out = lines.take();
    for (std::size_t at = 0; at < grid.rows.size(); ++at) {
        lines.row(grid.rows[at], table.rows[at]);
        out += lines.take() + beneath(table, table.rows[at], places, style);
    }
    return out;
}

std::string window_line(const table::Window& window, const Style& style) {
    const Grid no_grid;
    Lines lines(no_grid, style);
    lines.line(wrapped(window_text(window, style), style.max_width), dim);
    return lines.take();
}

std::string render_table_rows(const table::ResultTable& table, const Style& style,
                              TableLayout& layout) {
    const bool is_first = layout.widths.empty();
    Grid grid = grid_of(table, style);
    settle(layout, grid, style);
    Lines lines(grid, style, layout.widths);
    if (is_first && style.header) lines.titles();
    for (std::size_t at = 0; at < grid.rows.size(); ++at) lines.row(grid.rows[at], table.rows[at]);
    return lines.take();
}

std::string render_table(const table::ResultTable& table, const Style& style) {
    const Grid grid = grid_of(table, style);
    Lines lines(grid, style);
    if (style.header && table.window)
        lines.line(wrapped(window_text(*table.window, style), style.max_width), dim);
    if (says_nothing(table)) {
        lines.line(visible(table.empty_note), {});
        return lines.take();
    }
    if (style.header) lines.titles();
    for (std::size_t at = 0; at < grid.rows.size(); ++at) lines.row(grid.rows[at], table.rows[at]);
    if (!grid.total.empty()) {
        if (!grid.rows.empty()) lines.rule();
        lines.row(grid.total, *table.total);
    }
    return lines.take();
}

}  // namespace jobtally::render
