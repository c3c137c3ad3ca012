// An answer as a typed table: what a query says, before anyone decides how it is spelled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/time/instant.hpp"
#include "core/time/zone.hpp"

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

// The kind of a cell decides its spelling; monostate is unknown: null for machines, `-` for people.
using Cell = std::variant<std::monostate, bool, std::int64_t, Number, Ratio, time::Duration,
                          time::Instant, std::string, std::vector<std::string>, RawJson>;

template <class T>
Cell cell_or_unknown(const std::optional<T>& value) {
    return value ? Cell{*value} : Cell{};
}

enum class Audience : std::uint8_t {
    everyone,
    machines,  // left out of table, markdown and html unless --columns names it
};

struct Column {
    std::string key;    // the fixed name for machines: `job_success_rate`
    std::string title;  // for people: `success`
    Audience audience = Audience::everyone;
};

using Row = std::vector<Cell>;  // as many cells as there are columns, in their order

// The window that a query looked at; an open end is unknown.
struct Window {
    time::TimeSpan span;
    std::string timezone = "UTC";
    std::string at = "created";  // created, updated or received: the time that counts
};

struct ResultTable {
    std::string rows_key = "groups";  // the JSON array's name: `groups`, `reports`, `definitions`, ...
    std::optional<Window> window;
    std::vector<Column> columns;
    std::vector<Row> rows;
    std::optional<Row> total;        // same columns as the rows; grouping cells unknown
    std::size_t grouping_columns = 0;  // so many columns at the front name the group; JSON's total has none of them
    std::string empty_note = "no reports";  // what a person reads in place of a table without rows
};

}  // namespace jobtally::table
