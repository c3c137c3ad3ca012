// The frame of every page: one file that asks nobody for anything.
#pragma once

#include <string>
#include <string_view>

namespace jobtally::render {

// A whole document. `title` is plain text, `body` HTML that needs no attribute `style`: the page's
// own content security policy allows its one style sheet and its one script, by their hashes.
std::string html_page(std::string_view title, std::string_view body);

}  // namespace jobtally::render
