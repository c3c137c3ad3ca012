// The charts of a page as SVG. Colours and letters come from the page's style sheet by class; each
// mark has a <title> that says its figures, and each drawing a label that says the whole.
#pragma once

#include "core/render/page/svg_axis.hpp"
#include "core/table/chart.hpp"

#include <string>
#include <vector>

namespace jobtally::render {

// `43 reports: 40 succeeded (95.2 %), 1 of them partial; 2 failed`; `no reports`.
std::string ends_text(const table::Ends& ends);

// Two panels over one axis of days: the share that succeeded, and how many ended how.
std::string svg_days(const table::DaysChart& chart);

// The kinds of cells in the grid day x definition.
enum class DayKind { none, clean, partial, some_failed, all_failed, unfinished };
DayKind kind_of(const table::Ends& ends);

// The signs of all kinds, for svg_strip() and svg_sign() to point at; once a page.
std::string svg_signs();
std::string svg_sign(DayKind kind);
// The axis above the strips, and a strip of signs: one definition, a sign a day.
std::string svg_day_axis(const table::DaysChart& chart);
std::string svg_strip(const table::DaysChart& chart, const table::DefinitionDays& definition);

// The axis above the boxes, and a box: whiskers from p5 to p95, a box from p25 to p75, the median.
inline constexpr double box_width = 480;
std::string svg_length_axis(const LengthAxis& axis);
std::string svg_box(const LengthAxis& axis, const table::DurationBox& box);
std::string box_text(const table::DurationBox& box);

}  // namespace jobtally::render
