// HTML: text in it, the frame of every page, and the parts that pages are made of.
#pragma once

#include "core/render/text/cell_text.hpp"
#include "core/render/text/renderer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace jobtally::render {

// visible(), then & < > " and ' as references: for the text of elements and quoted attributes.
std::string html_text(std::string_view text);

// ` data-key="failed" data-value="2"`: the exact figure for machines, beside the one for people.
std::string figure_attributes(std::string_view key, const table::Cell& cell);

// A whole document in one file that loads nothing. `title` is plain text, `body` HTML without
// `style` attributes: the page's own content security policy allows its one style sheet and its one
// script, by their hashes.
// `asked` (plain text) stands at its end.
std::string html_page(std::string_view title, std::string_view body, std::string_view asked = {});

// A <section> under its heading. `key` becomes its id, so that links can lead to it; key and title
// are plain text, `body` is HTML.
std::string html_section(std::string_view key, std::string_view title, std::string_view body);

// A box that scrolls by itself where `content` (HTML) is wider than the page, by keyboard too.
// `label` is plain text for screen readers.
std::string html_scroll_box(std::string_view label, std::string_view content);

// What a person reads where there is nothing to show.
std::string html_nothing(std::string_view note);

// A further column at the end of a table, as HTML: its heading, and a drawing a row.
struct Drawings {
    std::string heading;
    std::vector<std::string> cells;
};

// A <table> in a box that scrolls by itself. Cells carry their exact value in data-value, headings
// their key in data-key; the page's script makes it sortable. A table without rows is its note.
std::string html_table(const table::ResultTable& table, std::string_view caption,
                       const Style& style, const Drawings& drawings = {});

// The files below core/render/page, as the build embeds them.
struct HtmlAsset {
    std::string_view text;
    std::string_view hash;  // `sha256-...` as a content security policy names it
};

const HtmlAsset& page_style();
const HtmlAsset& page_script();

}  // namespace jobtally::render
