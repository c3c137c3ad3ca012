// An answer as a typed table: what a query says, before anyone decides how it is spelled.
#pragma once

#include "core/base/text.hpp"
#include "core/time/calendar.hpp"
#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace jobtally::table {

// A fraction 0..1. People see per cent, machines the fraction.
struct Ratio {
    double value;
    bool operator==(const Ratio&) const = default;
};

// JSON text that goes out as it is (people see it as text).
struct RawJson {
    std::string text;
    bool operator==(const RawJson&) const = default;
};

// A number that is neither a count, a ratio nor a length, such as operations per second.
struct Number {
    double value;
    bool operator==(const Number&) const = default;
};

// 0 is Monday.
struct Weekday {
    std::int64_t value;
    std::string_view name() const {
        return time::weekday_names[static_cast<std::size_t>(value + 1) % 7];
    }
    bool operator==(const Weekday&) const = default;
};

// A whole number that is no count, such as an id that people copy: without separators for all.
struct Digits {
    std::int64_t value;
    bool operator==(const Digits&) const = default;
};

// A bucket of a series: machines see the local RFC 3339 time it starts at, people its name.
struct Bucket {
    time::Instant start;
    std::string text;  // `2026-11-01T00:00:00+01:00`
    std::string name;  // `2026-11-01`
    bool operator==(const Bucket&) const = default;
    bool operator<(const Bucket& other) const { return start < other.start; }
};

// How much more a figure is than it was: in percentage points (machines: a fraction) or as a share
// of what it was.
struct Change {
    enum class Unit : std::uint8_t { points, share };
    double value;
    Unit unit = Unit::points;
    bool more_is_better = true;
    bool notable = false;  // outside the noise
    bool operator==(const Change&) const = default;
};

// The kind of a cell decides its spelling; monostate is unknown: null for machines, `-` for people.
using Cell = std::variant<std::monostate, bool, std::int64_t, Digits, Number, Ratio, time::Duration,
                          time::Instant, std::string, std::vector<std::string>, RawJson, Weekday,
                          Bucket, Change>;

template <class T>
Cell cell_or_unknown(const std::optional<T>& value) {
    return value ? Cell{*value} : Cell{};
}

// What the small picture in a text cell is drawn with: none where programs read the cell, ASCII
// where the terminal has no UTF-8.
enum class Sparkline : std::uint8_t { none, blocks, ascii };

inline Cell ratio_cell(const std::optional<double>& value) {
    return value ? Cell{Ratio{*value}} : Cell{};
}

// An empty text, or none at all, is unknown.
inline Cell text_or_unknown(std::string_view text) {
    return text.empty() ? Cell{} : Cell{std::string(text)};
}
inline Cell text_or_unknown(const std::string* text) {
    return text ? Cell{*text} : Cell{};
}

// True for cells that are words. Most come from outside.
inline bool is_text(const Cell& cell) {
    return std::holds_alternative<std::string>(cell) ||
           std::holds_alternative<std::vector<std::string>>(cell) ||
           std::holds_alternative<RawJson>(cell) || std::holds_alternative<Weekday>(cell);
}

enum class Audience : std::uint8_t {
    everyone,
    machines,  // left out of table, markdown and html unless --columns names it
};

// Renderers read three things from a key: `previous.x` is member x of the object `previous` that
// JSON has in each row; keys ending in `success_rate` and `failure_rate`, and `status`,
// `last_status` and `state`, are coloured on a terminal.
struct Column {
    std::string key;    // the fixed name for machines: `job_success_rate`
    std::string title;  // for people: `success`; empty: the key
    Audience audience = Audience::everyone;
    bool grouping = false;  // names the group of its row; the total has no such cell
    // Which columns give way first where a line is too long for its reader: those with the greatest
    // number, of equals the last. 0: it stays, as the first column does.
    std::uint8_t gives_way = 1;
};

using Row = std::vector<Cell>;  // as many cells as there are columns, in their order

// The text in a cell of a row; empty where it holds none, or is not there.
inline std::string text_in(const Row& row, std::size_t place) {
    const auto* text = place < row.size() ? std::get_if<std::string>(&row[place]) : nullptr;
    return text != nullptr ? *text : std::string();
}

// What people read of a row that begins with the id and the name of a definition; empty: it has
// neither.
inline std::string shown_name(const Row& row) {
    return name_or_id(text_in(row, 1), text_in(row, 0));
}

// The window that a query looked at; an open end is unknown.
struct Window {
    time::TimeSpan span;
    std::string timezone = "UTC";
    std::string at = "created";              // created, updated or received: the time that counts
    std::optional<time::TimeSpan> previous;  // the window of --compare
};

struct ResultTable {
    // The name of the JSON array: `groups`, `reports`, `definitions`, ...
    std::string rows_key = "groups";
    std::optional<Window> window;
    std::vector<Column> columns;
    std::vector<Row> rows;
    std::optional<Row> total;  // same columns as the rows; grouping cells are not looked at
    std::string empty_note = "no reports";  // what a person reads in place of a table without rows
};

// Leaves the columns from `first` on that are unknown or empty in all rows to machines: people do
// not read lines that say nothing.
void hide_unknown(ResultTable& table, std::size_t first);

// The place of the column with this key, or with this title. Throws UsageError with the nearest
// key, or all of them.
std::size_t column_named(const ResultTable& table, std::string_view name);

// Of the columns at these places.
std::vector<std::string> titles_of(const ResultTable& table,
                                   const std::vector<std::size_t>& places);

// `table` reduced to the columns of `keys`, in that order, each then for everyone. Empty keys: as
// it is. Throws UsageError, naming the known keys, for one that the table does not have, and for
// one named twice.
ResultTable choose_columns(ResultTable table, const std::vector<std::string>& keys);

}  // namespace jobtally::table
