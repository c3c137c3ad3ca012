// Draws bars as text.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/plot.hpp"

#include <string>

namespace jobtally::render {

// A line a bar: label, bar, figures. As wide as style.max_width, 100 columns where that is 0; the
// longest bar of each plot fills what labels and figures leave. Ends in a line break.
std::string render_plots(const table::Plots& plots, const Style& style);

}  // namespace jobtally::render
