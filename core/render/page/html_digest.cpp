// The digest as a page: the headline and what needs attention, then charts, then all tables.
#include "core/base/numbers.hpp"
#include "core/render/page/charts.hpp"
#include "core/render/page/html.hpp"
#include "core/render/text/formats.hpp"

#include <fmt/format.h>

namespace jobtally::render {
namespace {

std::string figure(const table::Figure& figure, std::string_view tag, const Style& style) {
    return fmt::format("<{0}{1}>{2}</{0}>", tag, figure_attributes(figure.key, figure.value),
                       html_text(share_text(figure.value, figure.key, style)));
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

// Links to the sections that have something to say.
std::string contents(const table::Digest& digest) {
    std::string out;
    for (const auto& section : digest.sections) {
        if (!section.has_rows()) continue;
        out += fmt::format(
            "<li><a href=\"#{}\">{} <b>{}</b></a></li>", html_text(section.key),
            html_text(section.title),
            count_text(std::ssize(section.table.rows) +
                       static_cast<std::int64_t>(section.left_out + section.told_above)));
    }
    return out.empty() ? out : "<ul>" + out + "</ul>";
}

std::string verdict(table::Verdict verdict) {
    switch (verdict) {
        case table::Verdict::well:
            return "<div class=\"verdict ok\"><p>All is well</p>";
        case table::Verdict::attention:
            return "<div class=\"verdict bad\"><p>Needs attention</p>";
        case table::Verdict::nothing:
            break;
    }
    return "<div class=\"verdict\"><p>Nothing to judge: no job finished</p>";
}

std::string header(const table::Digest& digest, const Style& style) {
    std::string out = "<header>\n<p class=\"brand\">jobtally</p>\n";
    out += fmt::format("<h1 data-key=\"headline\" data-value=\"{0}\">{0}</h1>\n",
                       html_text(digest.headline));
    out += "<p class=\"window\">" + html_text(window_text(digest.window, style)) + "</p>\n";
    if (digest.page) {
        out += verdict(digest.page->verdict) + contents(digest) + "</div>\n<dl class=\"tiles\">\n";
        for (const auto& each : digest.page->tiles) out += tile(each, style);
        out += "</dl>\n";
    }
    return out + "</header>\n";
}

std::string section(const table::Section& section, const Style& style) {
    std::string body;
    if (!section.lead.empty()) body += "<p class=\"lead\">" + html_text(section.lead) + "</p>\n";
    if (!section.table.rows.empty() || section.told_above == 0)
        body += html_table(section.table, section.title, style);
    for (const auto& line : left_out_lines(section))
        body += fmt::format("<p class=\"none\">{}</p>\n", html_text(line));
    return html_section(section.key, section.title, body);
}

std::string mentions(const table::Digest& digest) {
    std::string out;
    for (const auto& mention : digest.mentions) {
        if (mention.count == 0) continue;
        out += fmt::format("<p class=\"mention\"{}>{}</p>\n",
                           figure_attributes(mention.key, table::cell_or_unknown(mention.count)),
                           html_text(mention.sentence));
    }
    return out;
}

// What was looked for and not found: silence is an answer too.
std::string clear_sections(const table::Digest& digest) {
    std::string out;
    for (const auto& section : digest.sections) {
        if (section.has_rows()) continue;
        out += (out.empty() ? "" : ", ") + html_text(section.title);
    }
    return out.empty() ? out
                       : "<p class=\"clear\">Looked for, and nothing found: " + out + "</p>\n";
}

}  // namespace

std::string render_html(const table::Digest& digest, const Style& style) {
    std::string body = "<main>\n" + header(digest, style) + mentions(digest);
    for (const auto& each : digest.sections) {
        if (each.has_rows()) body += section(each, style);
    }
    body += clear_sections(digest);
    if (digest.page) {
        body += html_days(digest.page->days, style) + html_grid(digest.page->days, style);
        for (const auto& each : digest.page->details) body += section(each, style);
    }
    return html_page("jobtally: " + digest.headline, body + "</main>\n", style.asked);
}

}  // namespace jobtally::render
