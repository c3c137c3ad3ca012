// The pictures of the summary's page: the chart of days (what share of each day's jobs succeeded,
// and how many ended how), and the grid of days and definitions (a strip of signs a definition).
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

// A <section> with a table of the definitions, their figures and strips, and the legend.
std::string html_grid(const table::DaysChart& chart, const Style& style);

// What a day is in the grid.
enum class DayKind { none, clean, partial, some_failed, all_failed, unfinished };
DayKind kind_of(const table::Ends& ends);

// A strip: its label says the definition's days in words, the <title> of each sign its figures. The
// signs differ by size and letter too, so that they can be distinguished without their colours;
// they point at symbols that html_grid() draws once.
std::string svg_strip(const table::DaysChart& chart, const table::DefinitionDays& definition,
                      const Style& style);

}  // namespace jobtally::render
