// The charts of a page with what belongs to each: caption, legend, and the figures as text.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/chart.hpp"

#include <string>

namespace jobtally::render {

// A <section> each.
std::string html_days(const table::DaysChart& chart, const Style& style);
std::string html_grid(const table::DaysChart& chart, const Style& style);
std::string html_durations(const table::DurationsChart& chart, const table::DaysChart& days,
                           const Style& style);

}  // namespace jobtally::render
