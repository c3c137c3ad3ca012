// The digest as a page: the headline and what needs attention, then charts, then all tables.
#include "core/base/text.hpp"
#include "core/render/page/html_charts.hpp"
#include "core/render/page/html_page.hpp"
#include "core/render/page/html_table.hpp"
#include "core/render/page/html_text.hpp"
#include "core/render/text/formats.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::render {
namespace {

std::string figure(const table::Figure& figure, std::string_view tag, const Style& style) {
    return fmt::format("<{0}{1}>{2}</{0}>", tag, figure_attributes(figure.key, figure.value),
                       html_text(human_text(figure.value, style)));
}

std::string tile(const table::Tile& tile, const Style& style) {
    std::string out = "<div><dt>" + html_text(tile.title) + "</dt>" +
                      figure(tile.figure, "dd", style) + "<dd class=\"note\">";
    for (const auto& part : tile.note) {
        const auto* text = std::get_if<std::string>(&part);
        out += text != nullptr ? html_text(*text)
                               : figure(std::get<table::Figure>(part), "span", style);
    }
    return out + "</dd></div>\n";
}

bool has_rows(const table::Section& section) {
    return !section.table.rows.empty();
}

// Links to the sections that have something to say.
std::string contents(const table::Digest& digest) {
    std::string out;
    for (const auto& section : digest.sections) {
        if (!has_rows(section)) continue;
        out += fmt::format("<li><a href=\"#{}\">{} <b>{}</b></a></li>", html_text(section.key),
                           html_text(section.title), section.table.rows.size());
    }
    return out.empty() ? out : "<ul>" + out + "</ul>";
}

std::string verdict(const table::Digest& digest) {
    if (!digest.page) return {};
    switch (digest.page->verdict) {
        case table::Verdict::well:
            return "<div class=\"verdict ok\"><p>All is well</p>" + contents(digest) + "</div>\n";
        case table::Verdict::attention:
            return "<div class=\"verdict bad\"><p>Needs attention</p>" + contents(digest) +
                   "</div>\n";
        case table::Verdict::nothing:
            break;
    }
    return "<div class=\"verdict other\"><p>Nothing to judge: no job finished</p>" +
           contents(digest) + "</div>\n";
}

std::string header(const table::Digest& digest, const Style& style) {
    std::string out = "<header>\n<p class=\"brand\">jobtally</p>\n";
    out += fmt::format("<h1 data-key=\"headline\" data-value=\"{0}\">{0}</h1>\n",
                       html_text(digest.headline));
    out += "<p class=\"window\">" + html_text(window_text(digest.window, style)) + "</p>\n";
    out += verdict(digest);
    if (digest.page && !digest.page->tiles.empty()) {
        out += "<dl class=\"tiles\">\n";
        for (const auto& each : digest.page->tiles) out += tile(each, style);
        out += "</dl>\n";
    }
    return out + "</header>\n";
}

std::string section(const table::Section& section, const Style& style) {
    return fmt::format(
               "<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n<h2 id=\"{0}-h\">{1}</h2>\n",
               html_text(section.key), html_text(section.title)) +
           html_table(section.table, section.title, style) + "</section>\n";
}

std::string mentions(const table::Digest& digest) {
    std::string out;
    for (const auto& mention : digest.mentions) {
        if (mention.count == 0) continue;
        out +=
            fmt::format("<p class=\"mention\"{}>{}</p>\n",
                        figure_attributes(mention.key, mention.count), html_text(mention.sentence));
    }
    return out;
}

// What was looked for and not found: silence is an answer too.
std::string clear_sections(const table::Digest& digest) {
    std::string out;
    for (const auto& section : digest.sections) {
        if (has_rows(section)) continue;
        out += (out.empty() ? "" : ", ") + html_text(section.title);
    }
    return out.empty() ? out
                       : "<p class=\"clear\">Looked for, and nothing found: " + out + "</p>\n";
}

// All of the digest's figures, by the keys that programs know.
std::string figures(const table::Digest& digest, const Style& style) {
    if (!digest.figures.total) return {};
    std::string out =
        "<section id=\"figures\" aria-labelledby=\"figures-h\">\n<h2 id=\"figures-h\">All "
        "figures</h2>\n<dl class=\"figures\">\n";
    const auto& row = *digest.figures.total;
    for (std::size_t at = 0; at < row.size(); ++at) {
        const auto& column = digest.figures.columns[at];
        out += "<div><dt>" + html_text(column.title) + "</dt>" +
               figure({column.key, row[at]}, "dd", style) + "</div>\n";
    }
    return out + "</dl>\n</section>\n";
}

}  // namespace

std::string render_html(const table::Digest& digest, const Style& style) {
    std::string body = "<main>\n" + header(digest, style) + mentions(digest);
    for (const auto& each : digest.sections) {
        if (has_rows(each)) body += section(each, style);
    }
    body += clear_sections(digest);
    if (digest.page) {
        const auto& page = *digest.page;
        body += html_days(page.days, style) + html_grid(page.days, style) +
                html_durations(page.durations, page.days, style);
    }
    for (const auto& each : digest.details) body += section(each, style);
    body += figures(digest, style) + "</main>\n";
    return html_page("jobtally: " + visible(digest.headline), body);
}

}  // namespace jobtally::render
