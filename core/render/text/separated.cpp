// CSV (RFC 4180, but lines end in \n) and TSV: a header of keys, then the rows; no total. What
// becomes of odd texts is written at Format.
#include "core/base/text.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"

#include <string_view>

namespace jobtally::render {
namespace {

// Ids are for finding a report again: nothing is put in front of them.
bool holds_ids(std::string_view key) {
    return key == "id" || key.ends_with("_id") || key.ends_with("_ids");
}

std::string csv_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    out += '"';
    return out;
}

std::string csv_field(const table::Cell& cell, std::string_view key) {
    if (!table::is_text(cell)) return plain_text(cell);
    const std::string text = plain_text(cell);
    const bool is_guarded = looks_like_formula(text) && !holds_ids(key);
    const std::string shown = (is_guarded ? "'" : "") + visible(text);
    const bool quotes = shown.empty() || shown.find_first_of(",\"") != std::string::npos;
    return quotes ? csv_quoted(shown) : shown;
}

// Many readers do not take an empty line for a row.
std::string only_csv_field(const table::Cell& cell, std::string_view key) {
    const std::string text = csv_field(cell, key);
    return text.empty() ? "\"\"" : text;
}

std::string tsv_field(const table::Cell& cell, std::string_view) {
    if (!table::is_text(cell)) return plain_text(cell);
    const std::string text = plain_text(cell);
    std::string out;
    std::string_view rest = text;
    for (std::size_t at = rest.find('\\'); at != std::string_view::npos; at = rest.find('\\')) {
        out += visible(rest.substr(0, at)) + "\\\\";
        rest.remove_prefix(at + 1);
    }
    return out += visible(rest);
}

using Field = std::string (*)(const table::Cell&, std::string_view key);

std::string lines(const table::ResultTable& table, bool header, char separator, Field field) {
    std::string out;
    const auto append_field = [&](std::size_t at, const std::string& text) {
        if (at > 0) out += separator;
        out += text;
    };
    if (header) {
        for (std::size_t at = 0; at < table.columns.size(); ++at) {
            append_field(at, field(table.columns[at].key, {}));
        }
        out += '\n';
    }
    for (const table::Row& row : table.rows) {
        for (std::size_t at = 0; at < row.size(); ++at)
            append_field(at, field(row[at], table.columns[at].key));
        out += '\n';
    }
    return out;
}

}  // namespace

std::string render_csv(const table::ResultTable& table, bool header) {
    return lines(table, header, ',', table.columns.size() == 1 ? only_csv_field : csv_field);
}

std::string render_tsv(const table::ResultTable& table, bool header) {
    return lines(table, header, '\t', tsv_field);
}

}  // namespace jobtally::render
