// Prints a ResultTable in one of the formats. Renderers know no queries.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/table/result_table.hpp"
#include "core/time/zone.hpp"

namespace jobtally::render {

enum class Format : std::uint8_t { table, json, ndjson, csv, tsv, markdown, html };

// Throws UsageError for a name that is no format.
Format format_named(std::string_view name);
// By a file name's ending: .json .ndjson .jsonl .csv .tsv .md .html .txt; none for others.
std::optional<Format> format_of_file(std::string_view path);

struct Style {
    time::Zone zone;           // for the times that people read
    bool color = false;        // ANSI escapes; table only
    bool header = true;        // --no-header: column names of table, csv, tsv, markdown; the window line of table
    std::size_t max_width = 0; // columns of the terminal; long texts are shortened to fit; 0: nothing is shortened
    bool ascii = false;        // the terminal has no UTF-8
};

// `table` reduced to the columns of `keys`, in that order, each then for everyone. Empty keys: as
// it is. Throws UsageError, naming the known keys, for one that the table does not have.
table::ResultTable choose_columns(table::ResultTable table, const std::vector<std::string>& keys);

// The whole text, ending in a line break.
std::string render(const table::ResultTable& table, Format format, const Style& style);

// One cell as machines (csv) see it: 0.5, 1.285, 2020-11-21T14:26:10.345Z; empty where unknown.
std::string machine_text(const table::Cell& cell);
// One cell as a person sees it, with controls made visible: `50.0 %`, `1.29 s`, local time; `-` where unknown.
std::string human_text(const table::Cell& cell, const Style& style);

}  // namespace jobtally::render
