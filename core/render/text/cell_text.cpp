#include "core/render/text/cell_text.hpp"

#include "core/base/json_text.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/time/length.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

constexpr std::string_view unknown = "-";

// Empty for infinities and NaN.
std::string exact(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : std::string{};
}

struct PlainText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::to_string(value); }
    std::string operator()(table::Digits digits) const { return fmt::to_string(digits.value); }
    std::string operator()(table::Number number) const { return exact(number.value); }
    std::string operator()(table::Ratio ratio) const { return exact(ratio.value); }
    std::string operator()(time::Duration length) const { return time::format_seconds(length); }
    std::string operator()(time::Instant at) const { return time::format_utc(at); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const std::vector<std::string>& texts) const {
        return fmt::format("{}", fmt::join(texts, "; "));
    }
    std::string operator()(const table::RawJson& json) const { return one_line_json(json.text); }
    std::string operator()(table::Weekday day) const { return std::string(day.name()); }
    std::string operator()(const table::Bucket& bucket) const { return bucket.text; }
    std::string operator()(const table::Change& change) const { return exact(change.value); }
};

// About three digits that count; no fraction from a thousand on.
std::string number_words(double value) {
    const double size = std::abs(value);
    if (!std::isfinite(value)) return std::string{unknown};
    if (value == 0) return "0";
    if (size < 0.01 || size >= 1e15) return fmt::format("{:.3g}", value);
    if (size < 9.995) return fmt::format("{:.2f}", value);
    if (size < 999.95) return fmt::format("{:.1f}", value);
    return count_text(std::llround(value));
}

// `+2.1 pp`, `-46 %`; an arrow before it where it is outside the noise.
std::string change_text(const table::Change& change, bool ascii) {
    if (!std::isfinite(change.value)) return std::string{unknown};
    if (change.value == 0) return "same";
    const bool points = change.unit == table::Change::Unit::points;
    const std::string text = points ? fmt::format("{:+.1f} pp", change.value * 100)
                                    : fmt::format("{:+.{}f} %", change.value * 100,
                                                  std::abs(change.value) < 0.1 ? 1 : 0);
    if (!change.notable) return text;
    const bool up = change.value > 0;
    return (ascii ? (up ? "^ " : "v ") : (up ? "▲ " : "▼ ")) + text;
}

struct HumanText {
    const time::Zone& zone;
    bool ascii;

    std::string operator()(std::monostate) const { return std::string{unknown}; }
    std::string operator()(bool value) const { return value ? "yes" : "no"; }
    std::string operator()(std::int64_t value) const { return count_text(value); }
    std::string operator()(table::Digits digits) const { return fmt::to_string(digits.value); }
    std::string operator()(table::Number number) const { return number_words(number.value); }
    std::string operator()(table::Ratio ratio) const {
        return std::isfinite(ratio.value) ? per_cent_text(ratio.value) : std::string{unknown};
    }
    std::string operator()(time::Duration length) const { return time::human_length(length); }
    std::string operator()(time::Instant at) const { return time::format_local(at, zone, false); }
    std::string operator()(const std::string& text) const { return visible(text); }
    std::string operator()(const std::vector<std::string>& texts) const {
        return visible(fmt::format("{}", fmt::join(texts, ", ")));
    }
    std::string operator()(const table::RawJson& json) const { return visible(json.text); }
    std::string operator()(table::Weekday day) const { return std::string(day.name()); }
    std::string operator()(const table::Bucket& bucket) const { return bucket.name; }
    std::string operator()(const table::Change& change) const { return change_text(change, ascii); }
};

std::string edge_text(time::Instant at, const time::Zone& zone) {
    const bool whole_minute = at == std::chrono::floor<std::chrono::minutes>(at);
    return time::format_local(at, zone, !whole_minute);
}

}  // namespace

std::string plain_text(const table::Cell& cell) {
    return std::visit(PlainText{}, cell);
}

std::string machine_text(const table::Cell& cell) {
    std::string text = plain_text(cell);
    return table::is_text(cell) ? visible(text) : text;
}

std::string human_text(const table::Cell& cell, const Style& style) {
    return std::visit(HumanText{style.zone, style.ascii}, cell);
}

std::string window_text(const table::Window& window, const Style& style) {
    const time::TimeSpan& span = window.span;
    if (!span.since && !span.until) return "all reports";
    std::string out = span.since ? edge_text(*span.since, style.zone) : std::string{};
    if (!span.until) {
        out = "since " + out;
    } else {
        out += (span.since ? " to " : "before ") + edge_text(*span.until, style.zone);
    }
    return fmt::format("{} {}, by {}_at", out, visible(style.zone.name()), visible(window.at));
}

namespace {

struct IsQuantity {
    bool operator()(std::int64_t) const { return true; }
    bool operator()(table::Digits) const { return true; }
    bool operator()(table::Number) const { return true; }
    bool operator()(table::Ratio) const { return true; }
    bool operator()(time::Duration) const { return true; }
    bool operator()(const table::Change&) const { return true; }
    bool operator()(const auto&) const { return false; }
};

bool is_quantity(const table::Cell& cell) {
    return std::visit(IsQuantity{}, cell);
}

// Ids and commands are copied into a shell: a part of one is worth nothing.
bool is_copied(std::string_view key) {
    return key == "id" || key.ends_with("_id") || key == "next_step";
}

template <class Is>
bool any_cell(const table::ResultTable& table, std::size_t place, Is is) {
    return std::any_of(table.rows.begin(), table.rows.end(),
                       [&](const table::Row& row) { return is(row[place]); }) ||
           (table.total && is((*table.total)[place]));
}

GridRow spelled(const table::Row& row, const std::vector<GridColumn>& columns, const Style& style,
                Texts texts) {
    GridRow cells;
    cells.reserve(columns.size());
    for (const GridColumn& column : columns) {
        const std::string& key = column.column->key;
        std::string text = share_text(row[column.place], key, style);
        if (texts == Texts::readable && !is_copied(key)) text = readable(std::move(text), style);
        const bool is_unknown = text == unknown && !table::is_text(row[column.place]);
        cells.push_back({std::move(text), is_unknown});
    }
    return cells;
}

GridRow spelled_total(const table::Row& row, const std::vector<GridColumn>& columns,
                      const Style& style) {
    GridRow cells = spelled(row, columns, style, Texts::readable);
    bool named = false;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        if (!columns[at].column->grouping) continue;
        cells[at] = {named ? "" : "total", false};
        named = true;
    }
    return cells;
}

// Whether there is a single group, which the row of the total would repeat.
bool says_the_same(const Grid& grid) {
    if (grid.rows.size() != 1 || grid.total.empty()) return false;
    for (std::size_t at = 0; at < grid.columns.size(); ++at) {
        const bool is_told = !grid.columns[at].column->grouping && !grid.total[at].unknown;
        if (is_told && grid.rows[0][at].text != grid.total[at].text) return false;
    }
    return true;
}

}  // namespace

std::string share_text(const table::Cell& cell, std::string_view key, const Style& style) {
    const auto* ratio = std::get_if<table::Ratio>(&cell);
    const bool is_marked = ratio && ratio->value > 1 && key.ends_with("_rate");
    return human_text(cell, style) + (is_marked ? " (!)" : "");
}

// A name may have a megabyte; programs get all of it, people as much as they read.
std::string readable(std::string text, const Style& style) {
    constexpr std::size_t columns = 2000, bytes = 4 * columns;
    if (text.size() <= columns) return text;
    const std::string_view ellipsis = style.ascii ? "..." : "…";
    if (text.size() <= bytes) return shorten(text, columns, ellipsis);
    std::size_t size = bytes;
    while ((text[size] & 0xc0) == 0x80) --size;
    text.resize(size);
    return shorten(text, columns - 3, "") + std::string(ellipsis);
}

Grid grid_of(const table::ResultTable& table, const Style& style, Texts texts) {
    Grid grid;
    for (std::size_t place = 0; place < table.columns.size(); ++place) {
        const table::Column& column = table.columns[place];
        if (column.audience != table::Audience::everyone) continue;
        grid.columns.push_back({&column, place,
                                visible(column.title.empty() ? column.key : column.title),
                                any_cell(table, place, is_quantity),
                                any_cell(table, place, table::is_text) && !is_copied(column.key)});
    }
    for (const table::Row& row : table.rows)
        grid.rows.push_back(spelled(row, grid.columns, style, texts));
    if (table.total) grid.total = spelled_total(*table.total, grid.columns, style);
    if (says_the_same(grid)) grid.total.clear();
    return grid;
}

bool says_nothing(const table::ResultTable& table) {
    if (!table.rows.empty()) return false;
    if (!table.total) return true;
    return std::none_of(table.total->begin(), table.total->end(), [](const table::Cell& cell) {
        return is_quantity(cell) && cell != table::Cell{std::int64_t{0}} &&
               cell != table::Cell{time::Duration{0}};
    });
}

}  // namespace jobtally::render
