// render_digest() of renderer.hpp: a headline, then the sections that have rows.
#include "core/base/text.hpp"
#include "core/render/text/cell_text.hpp"
#include "core/render/text/formats.hpp"
#include "core/render/text/renderer.hpp"

namespace jobtally::render {

namespace {

std::string mentions_text(const table::Digest& digest, std::string_view before) {
    std::string out;
    for (const auto& mention : digest.mentions) {
        if (mention.count > 0) out.append(before).append(visible(mention.sentence)).append("\n");
    }
    return out;
}

std::string emphasised(const std::string& text, bool color) {
    return color ? "\033[1m" + text + "\033[0m" : text;
}

std::string text_digest(const table::Digest& digest, const Style& style) {
    std::string out = emphasised(visible(digest.headline), style.color) + "\n";
    out += window_text(digest.window, style) + "\n";
    for (const auto& section : digest.sections) {
        if (section.table.rows.empty()) continue;
        out += "\n" + emphasised(section.title, style.color) + "\n" +
               render_table(section.table, style);
    }
    const auto mentions = mentions_text(digest, "");
    return mentions.empty() ? out : out + "\n" + mentions;
}

std::string markdown_digest(const table::Digest& digest, const Style& style) {
    std::string out =
        "**" + visible(digest.headline) + "**\n\n" + window_text(digest.window, style) + "\n";
    for (const auto& section : digest.sections) {
        if (section.table.rows.empty()) continue;
        out += "\n### " + section.title + "\n\n" + render_markdown(section.table, style);
    }
    const auto mentions = mentions_text(digest, "- ");
    return mentions.empty() ? out : out + "\n" + mentions;
}

}  // namespace

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
