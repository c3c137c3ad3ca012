// Text as HTML and SVG take it: whatever it holds, it is shown and changes no markup.
#pragma once

#include "core/render/text/cell_text.hpp"
#include "core/render/text/renderer.hpp"

#include <string>
#include <string_view>

namespace jobtally::render {

// visible(), then & < > " and ' as references: for the text of elements and quoted attributes.
std::string html_text(std::string_view text);

// ` data-key="failed" data-value="2"`: the exact figure for machines, beside the one for people.
std::string figure_attributes(std::string_view key, const table::Cell& cell);

}  // namespace jobtally::render
