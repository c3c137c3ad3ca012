// The frame of every page, and of the parts that pages are made of.
#pragma once

#include <string>
#include <string_view>

namespace jobtally::render {

// A whole document in one file that loads nothing. `title` is plain text, `body` HTML without
// `style` attributes: the page's own content security policy allows its one style sheet and its one
// script, by their hashes.
std::string html_page(std::string_view title, std::string_view body);

// A <section> under its heading. `key` becomes its id, so that links can lead to it; key and title
// are plain text, `body` is HTML.
std::string html_section(std::string_view key, std::string_view title, std::string_view body);

// A box that scrolls by itself where `content` (HTML) is wider than the page, by keyboard too.
// `label` is plain text for screen readers.
std::string html_scroll_box(std::string_view label, std::string_view content);

// What a person reads where there is nothing to show.
std::string html_nothing(std::string_view note);

}  // namespace jobtally::render
