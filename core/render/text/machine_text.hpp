// How machines spell a cell: shared by json, csv and tsv.
#pragma once

#include "core/table/result_table.hpp"

#include <string>
#include <string_view>

namespace jobtally::render {

// The shortest decimal that reads back as the same double; empty where there is none (infinities,
// NaN).
std::string number_text(double value);

// JSON text on one line, with all that acts unseen as \u escapes; its meaning stays.
std::string one_line_json(std::string_view json);

// Appends `code` as \u001b, or as a surrogate pair of them.
void append_json_escape(std::string& out, char32_t code);

// The cell for csv and tsv, its texts as they came: control characters and all. Lists are joined by
// `; `.
std::string plain_text(const table::Cell& cell);

}  // namespace jobtally::render
