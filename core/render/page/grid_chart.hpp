// The grid of days and definitions: a strip of signs a definition, a sign a day.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/chart.hpp"

#include <string>

namespace jobtally::render {

// A <section> with a table of the definitions, their figures and strips, and the legend.
std::string html_grid(const table::DaysChart& chart, const Style& style);

// What a day is in the grid.
enum class DayKind { none, clean, partial, some_failed, all_failed, unfinished };
DayKind kind_of(const table::Ends& ends);

// A strip: its label says the definition's days in words, the <title> of each sign its figures.
// The signs differ by size and letter too, so that they are told without their colours; they
// point at symbols that html_grid() draws once.
std::string svg_strip(const table::DaysChart& chart, const table::DefinitionDays& definition);

}  // namespace jobtally::render
