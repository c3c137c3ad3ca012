#include "core/time/calendar.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"

#include <string>

#include <fmt/format.h>

namespace jobtally::time {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::months;
using std::chrono::year_month_day;
using std::chrono::years;

// True where `text` is as long as `pattern` and has a digit for each `0` and else the same bytes.
bool looks_like(std::string_view text, std::string_view pattern) {
    if (text.size() != pattern.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (pattern[i] == '0' ? !digit : text[i] != pattern[i]) return false;
    }
    return true;
}

int number_of(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

[[noreturn]] void refuse_date(std::string_view what, std::string_view text) {
    throw UsageError{
        fmt::format("no such {}: {}", what, in_short_quotes(text)),
        "calendar forms are as in \"2026\", \"2026-11\", \"2026-W47\" or \"2026-11-01\""};
}

// ISO 8601: the first week of a year is the one with January 4th in it.
local_days first_week_of(std::chrono::year year) {
    return week_of(local_days{year / 1 / 4}).first;
}

DaySpan numbered_week(std::chrono::year year, int week, std::string_view text) {
    const local_days first = first_week_of(year) + days{7 * (week - 1)};
    if (week < 1 || first >= first_week_of(year + years{1})) refuse_date("week", text);
    return {first, first + days{7}};
}

}  // namespace

DaySpan week_of(local_days day) {
    const local_days monday = day - (std::chrono::weekday{day} - std::chrono::Monday);
    return {monday, monday + days{7}};
}

DaySpan month_of(local_days day) {
    const year_month_day date{day};
    const auto first = date.year() / date.month() / 1;
    return {local_days{first}, local_days{first + months{1}}};
}

DaySpan year_of(local_days day) {
    const auto first = year_month_day{day}.year() / 1 / 1;
    return {local_days{first}, local_days{first + years{1}}};
}

std::optional<DaySpan> parse_day_span(std::string_view text) {
    const bool is_year = looks_like(text, "0000"), is_month = looks_like(text, "0000-00");
    const bool is_week = looks_like(text, "0000-W00") || looks_like(text, "0000-w00");
    const bool is_day = looks_like(text, "0000-00-00");
    if (!is_year && !is_month && !is_week && !is_day) return std::nullopt;

    const std::chrono::year year{number_of(text.substr(0, 4))};
    if (year == std::chrono::year{0}) refuse_date("year", text);
    if (is_year) return year_of(local_days{year / 1 / 1});
    if (is_week) return numbered_week(year, number_of(text.substr(6)), text);

    const std::chrono::month month{static_cast<unsigned>(number_of(text.substr(5, 2)))};
    if (!month.ok()) refuse_date("month", text);
    if (is_month) return month_of(local_days{year / month / 1});

    const auto date = year / month / number_of(text.substr(8));
    if (!date.ok()) refuse_date("day", text);
    return DaySpan{local_days{date}, local_days{date} + days{1}};
}

}  // namespace jobtally::time
