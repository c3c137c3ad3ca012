// Text as HTML and SVG take it: whatever it holds, it means what it says.
#pragma once

#include "core/render/text/renderer.hpp"

#include <string>
#include <string_view>

namespace jobtally::render {

// visible(), then & < > " and ' as references: for the text of elements and quoted attributes.
std::string html_text(std::string_view text);

// ` data-key="failed" data-value="2"`: the exact figure for machines, beside the one for people.
std::string figure_attributes(std::string_view key, const table::Cell& cell);

// A coordinate with at most one decimal: `12`, `12.5`.
std::string coordinate(double value);

}  // namespace jobtally::render
