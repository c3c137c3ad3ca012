// What the charts share: days and figures in words, the ticks of axes, and coordinates.
#pragma once

#include "core/render/text/renderer.hpp"
#include "core/table/chart.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::render {

// `Thu 19 Nov 2026`, and `19 Nov` alone.
std::string day_text(std::chrono::local_days day);
std::string short_day_text(std::chrono::local_days day);

// `30 days, Sat 24 Oct 2026 to Sun 22 Nov 2026 08:30`: with the time where the chart's span begins
// or ends within a day.
std::string span_text(const table::DaysChart& chart, const Style& style);

// `43 reports: 40 succeeded (95.2 %), 1 of them partial; 2 failed; 1 not finished`; `no reports`.
std::string ends_text(const table::Ends& ends);

// 0, then equal round steps, the last one at or above `most`; at most five values.
std::vector<std::int64_t> count_ticks(std::int64_t most);

// The greatest of 0, 0.5, 0.8, 0.9, 0.95 and 0.99 below `least`: where an axis of shares begins.
double share_floor(double least);

struct DayTick {
    std::size_t place;  // among the days
    std::string label;  // `16 Nov`, or `Nov` in long rows of days
};

// Mondays in rows of up to 62 days, else the first of each month.
std::vector<DayTick> day_ticks(const std::vector<std::chrono::local_days>& days);

// A place in a drawing as SVG takes it, with at most one decimal: `12`, `12.5`.
std::string coordinate(double value);

}  // namespace jobtally::render
