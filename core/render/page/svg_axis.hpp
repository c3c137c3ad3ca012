// Where the marks of an axis stand and what they say.
#pragma once

#include "core/time/instant.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::render {

// 0, then equal round steps, the last one at or above `most`; at most five values.
std::vector<std::int64_t> count_ticks(std::int64_t most);

// The greatest of 0, 0.5, 0.8, 0.9, 0.95 and 0.99 below `least`: where an axis of shares begins.
double share_floor(double least);

// A logarithmic axis of lengths between round ends that take in [least, most].
class LengthAxis {
  public:
    struct Tick {
        time::Duration at;
        std::string label;  // `10 s`
    };

    LengthAxis(time::Duration least, time::Duration most, double width);

    // 0 to width; what lies outside is at the nearer end.
    double place(time::Duration length) const;
    const std::vector<Tick>& ticks() const { return m_ticks; }

  private:
    std::vector<Tick> m_ticks;  // at least two
    double m_width;
};

struct DayTick {
    std::size_t place;  // among the days
    std::string label;  // `16 Nov`, or `Nov` in long rows of days
};

// Mondays in rows of up to 62 days, else the first of each month.
std::vector<DayTick> day_ticks(const std::vector<std::chrono::local_days>& days);

// `Thu 19 Nov 2026`, and `19 Nov` alone.
std::string day_text(std::chrono::local_days day);
std::string short_day_text(std::chrono::local_days day);

}  // namespace jobtally::render
