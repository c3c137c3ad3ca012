// One record instead of rows: key beside value for people, one flat object for machines.
#pragma once

#include "core/render/text/renderer.hpp"

#include <string>

namespace jobtally::render {

// `table` has exactly one row; for html it may have any number, which become one page. table,
// markdown and html print a line a column (title, value); json and ndjson the object alone; csv and
// tsv as render().
std::string render_record(const table::ResultTable& table, Format format, const Style& style);

}  // namespace jobtally::render
