// The renderers behind render(): one function a format, each in a file of its own.
#pragma once

#include "core/render/renderer.hpp"
#include "core/table/digest.hpp"

#include <string>

namespace jobtally::render {

std::string render_table(const table::ResultTable& table, const Style& style);
std::string render_json(const table::ResultTable& table);
std::string render_json(const table::Digest& digest);
std::string render_ndjson(const table::ResultTable& table);
std::string render_csv(const table::ResultTable& table, bool header);
std::string render_tsv(const table::ResultTable& table, bool header);
std::string render_markdown(const table::ResultTable& table, const Style& style);
std::string render_html(const table::ResultTable& table, const Style& style);
std::string render_html_records(const table::ResultTable& table, const Style& style);
std::string render_html(const table::Digest& digest, const Style& style);

}  // namespace jobtally::render
