#include "core/render/text/renderer.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/render/text/formats.hpp"

#include <array>
#include <utility>

namespace jobtally::render {
namespace {

using Name = std::pair<std::string_view, Format>;

constexpr auto names = std::to_array<Name>({
    {"table", Format::table},
    {"json", Format::json},
    {"ndjson", Format::ndjson},
    {"csv", Format::csv},
    {"tsv", Format::tsv},
    {"markdown", Format::markdown},
    {"html", Format::html},
});

constexpr auto endings = std::to_array<Name>({
    {".txt", Format::table},
    {".json", Format::json},
    {".ndjson", Format::ndjson},
    {".jsonl", Format::ndjson},
    {".csv", Format::csv},
    {".tsv", Format::tsv},
    {".md", Format::markdown},
    {".html", Format::html},
});

}  // namespace

Format format_named(std::string_view name) {
    std::string known;
    for (const auto& [known_name, format] : names) {
        if (known_name == name) return format;
        known.append(known.empty() ? "" : ", ").append(known_name);
    }
    throw UsageError("no format \"" + visible(name) + "\"", "the formats are " + known);
}

std::optional<Format> format_of_file(std::string_view path) {
    for (const auto& [ending, format] : endings) {
        if (path.size() > ending.size() &&
            equals_ignoring_case(path.substr(path.size() - ending.size()), ending)) {
            return format;
        }
    }
    return std::nullopt;
}

std::vector<std::string> format_endings() {
    std::vector<std::string> all;
    for (const auto& [ending, format] : endings) all.emplace_back(ending);
    return all;
}

table::Sparkline sparkline_for(Format format, const Style& style) {
    if (!is_for_people(format)) return table::Sparkline::none;
    const bool ascii = style.ascii && format != Format::html;
    return ascii ? table::Sparkline::ascii : table::Sparkline::blocks;
}

std::string render(const table::ResultTable& table, Format format, const Style& style) {
    switch (format) {
        case Format::table:
            return render_table(table, style);
        case Format::json:
            return render_json(table);
        case Format::ndjson:
            return render_ndjson(table);
        case Format::csv:
            return render_csv(table, style.header);
        case Format::tsv:
            return render_tsv(table, style.header);
        case Format::markdown:
            return render_markdown(table, style);
        case Format::html:
            return render_html(table, style);
    }
    return {};
}

}  // namespace jobtally::render
