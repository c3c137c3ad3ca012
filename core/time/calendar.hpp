// The calendar's own names: of weekdays and months, and of spans of local days such as `2026`,
// `2026-11`, `2026-W47` and `2026-11-01`.
#pragma once

#include "core/time/zone.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace jobtally::time {

// In the order of std::chrono::weekday::c_encoding(). Three letters are the short form.
inline constexpr std::array<std::string_view, 7> weekday_names{
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
// January first. Three letters are the short form.
inline constexpr std::array<std::string_view, 12> month_names{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

// Local days [first, end).
struct DaySpan {
    std::chrono::local_days first, end;
};

// Nothing where the text has none of those forms. Throws UsageError where it has one, but the
// calendar has no such month, week or day.
std::optional<DaySpan> parse_day_span(std::string_view text);

// The spans of those kinds that a day lies in. Weeks begin on Monday.
DaySpan week_of(std::chrono::local_days day);
DaySpan month_of(std::chrono::local_days day);
DaySpan year_of(std::chrono::local_days day);

}  // namespace jobtally::time
