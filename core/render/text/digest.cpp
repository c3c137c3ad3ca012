// render_digest() of renderer.hpp: a headline, then the sections that have rows.
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/base/wrap.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"
#include "core/render/text/renderer.hpp"

#include <fmt/format.h>

namespace jobtally::render {

namespace {

std::string mentions_text(const table::Digest& digest, std::string_view before, std::size_t width) {
    std::string out;
    for (const auto& mention : digest.mentions) {
        if (mention.count == 0) continue;
        out.append(before).append(wrapped(visible(mention.sentence), width)).append("\n");
    }
    return out;
}

std::string emphasised(const std::string& text, bool color) {
    return color ? "\033[1m" + text + "\033[0m" : text;
}

std::string text_digest(const table::Digest& digest, const Style& style) {
    std::string out =
        emphasised(wrapped(visible(digest.headline), style.max_width), style.color) + "\n";
    out += window_line(digest.window, style);
    for (const auto& section : digest.sections) {
        if (!section.has_rows()) continue;
        out += "\n" + emphasised(section.title, style.color) + "\n";
        if (!section.table.rows.empty()) out += render_whole_table(section.table, style);
        for (const auto& line : left_out_lines(section)) {
            out += wrapped(line, style.max_width) + "\n";
        }
    }
    const auto mentions = mentions_text(digest, "", style.max_width);
    return mentions.empty() ? out : out + "\n" + mentions;
}

std::string markdown_digest(const table::Digest& digest, const Style& style) {
    std::string out =
        "**" + visible(digest.headline) + "**\n\n" + window_text(digest.window, style) + "\n";
    for (const auto& section : digest.sections) {
        if (!section.has_rows()) continue;
        out += "\n### " + section.title + "\n";
        if (!section.table.rows.empty()) out += "\n" + render_markdown(section.table, style);
        for (const auto& line : left_out_lines(section)) out += "\n" + line + "\n";
    }
    const auto mentions = mentions_text(digest, "- ", 0);
    return mentions.empty() ? out : out + "\n" + mentions;
}

}  // namespace

std::vector<std::string> left_out_lines(const table::Section& section) {
    std::vector<std::string> lines;
    if (section.left_out > 0)
        lines.push_back(
            fmt::format("and {} more", count_text(static_cast<std::int64_t>(section.left_out))));
    if (section.told_above > 0) {
        // The rows may be of definitions that are in an incident too, and had more than that.
        const bool is_all = lines.empty() && section.table.rows.empty();
        const auto told = static_cast<std::int64_t>(section.told_above);
        lines.push_back(
            (is_all ? counted(told, "definition", "definitions") + " of the incidents above"
                    : "and " + counted(told, "more definition", "more definitions") +
                          ", in the incidents above only") +
            section.told_lists);
    }
    return lines;
}

std::string render_digest(const table::Digest& digest, Format format, const Style& style) {
    switch (format) {
        case Format::table:
            return text_digest(digest, style);
        case Format::markdown:
            return markdown_digest(digest, style);
        case Format::json:
            return render_json(digest);
        case Format::html:
            return render_html(digest, style);
        default:
            return render(digest.figures, format, style);
    }
}

}  // namespace jobtally::render
