// The chart of days: what share of each day's jobs succeeded, and how many ended how.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/chart.hpp"

#include <string>

namespace jobtally::render {

// A <section> with the drawing, its legend and the days that it shows.
std::string html_days(const table::DaysChart& chart, const Style& style);

// The drawing: two panels over one axis of days. Its label says the whole, the <title> of each day
// its figures; colours come from the page's style sheet by class.
std::string svg_days(const table::DaysChart& chart);

}  // namespace jobtally::render
