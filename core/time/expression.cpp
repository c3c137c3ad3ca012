#include "core/time/expression.hpp"

#include "core/base/ascii.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/time/calendar.hpp"
#include "core/time/length.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace jobtally::time {

namespace {

using std::chrono::days;
using std::chrono::local_days;

constexpr const char* good_times = "times are as in \"2026-11-01 02:00\", \"yesterday\" or \"-2d\"";
constexpr const char* good_periods =
    "periods are as in \"yesterday\", \"last-month\" or \"2026-W47\"";

local_days day_of(Instant at, const Zone& zone) {
    return std::chrono::floor<days>(zone.to_local(at));
}

Instant start_of(local_days day, const Zone& zone) {
    return zone.to_utc(LocalTime{day.time_since_epoch()});
}

TimeSpan span_of(DaySpan span, const Zone& zone) {
    return {start_of(span.first, zone), start_of(span.end, zone)};
}

DaySpan single(local_days day) {
    return {day, day + days{1}};
}

Instant checked(Instant at, std::string_view text) {
    if (at < earliest || at >= end_of_time)
        throw UsageError{
            fmt::format("not within the years 0001 to 9999: {}", in_short_quotes(text)),
            good_times};
    return at;
}

std::optional<local_days> named_day(std::string_view word, local_days today) {
    if (word == "today") return today;
    if (word == "yesterday") return today - days{1};
    if (word == "tomorrow") return today + days{1};

    for (unsigned i = 0; i < weekday_names.size(); ++i) {
        const std::string name = lower(weekday_names[i]);
        if (word == name || word == name.substr(0, 3))
            return today - (std::chrono::weekday{today} - std::chrono::weekday{i});
    }
    return std::nullopt;
}

std::optional<DaySpan> named_span(std::string_view words, local_days today) {
    if (words == "today") return single(today);
    if (words == "yesterday") return single(today - days{1});
    if (words == "this-week") return week_of(today);
    if (words == "last-week") return week_of(today - days{7});
    if (words == "this-month") return month_of(today);
    if (words == "last-month") return month_of(month_of(today).first - days{1});
    if (words == "this-year") return year_of(today);
    if (words == "last-year") return year_of(year_of(today).first - days{1});
    return std::nullopt;
}

std::optional<Duration> length_of(std::string_view text) {
    try {
        return parse_length(text);
    } catch (const UsageError&) {
        return std::nullopt;  // the length is a part: the caller knows the whole text
    }
}

std::optional<Instant> moved(Instant from, std::optional<Duration> length, int sign) {
    return length ? std::optional{from + sign * *length} : std::nullopt;
}

// `-2d`, `+1h`, `2 hours ago`.
std::optional<Instant> relative(std::string_view text, Instant now) {
    constexpr std::string_view ago = " ago";
    const std::size_t length = text.size() < ago.size() ? 0 : text.size() - ago.size();
    if (equals_ignoring_case(text.substr(length), ago))
        return moved(now, length_of(text.substr(0, length)), -1);
    if (text.starts_with('-')) return moved(now, length_of(text.substr(1)), -1);
    if (text.starts_with('+')) return moved(now, length_of(text.substr(1)), 1);
    return std::nullopt;
}

// `@1700000000`, `@-1.5`.
std::optional<Instant> unix_time(std::string_view text) {
    if (!text.starts_with('@')) return std::nullopt;
    text.remove_prefix(1);
    const int sign = text.starts_with('-') ? -1 : 1;
    if (sign < 0) text.remove_prefix(1);
    if (text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
    return moved(instant_from_micros(0), length_of(std::string{text} + 's'), sign);
}

// `2026-11-01t02:00[:30[.5]]`, also with a space in the middle, and then with an offset or in
// `zone`.
std::optional<Instant> date_and_time(std::string text, const Zone& zone) {
    constexpr std::size_t separator = 10, minutes_end = 16;
    if (text.size() < minutes_end || (text[separator] != ' ' && text[separator] != 't') ||
        !parse_day_span(text.substr(0, separator)))
        return std::nullopt;
    text[separator] = 'T';
    if (const auto with_offset = parse_rfc3339(text)) return *with_offset;
    if (text.size() == minutes_end) text += ":00";
    const auto as_if_utc = parse_rfc3339(text + 'Z');
    if (!as_if_utc) return std::nullopt;
    return zone.to_utc(LocalTime{as_if_utc->time_since_epoch()});
}

// `yesterday 07:00`, `monday 07:30:15`.
std::optional<Instant> named_day_and_time(const std::string& words, Instant now, const Zone& zone) {
    const std::size_t gap = std::min(words.find(' '), words.size());
    const auto day = named_day(words.substr(0, gap), day_of(now, zone));
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{*day};
    return date_and_time(fmt::format("{:04}-{:02}-{:02}{}", static_cast<int>(date.year()),
                                     static_cast<unsigned>(date.month()),
                                     static_cast<unsigned>(date.day()), words.substr(gap)),
                         zone);
}

std::optional<Instant> any_form(std::string_view text, Instant now, const Zone& zone) {
    const std::string words = lower(text);
    if (words == "now") return now;
    if (const auto day = named_day(words, day_of(now, zone))) return start_of(*day, zone);
    if (const auto span = parse_day_span(text)) return start_of(span->first, zone);
    if (const auto at = date_and_time(words, zone)) return at;
    if (const auto at = named_day_and_time(words, now, zone)) return at;
    if (const auto at = unix_time(text)) return at;
    return relative(text, now);
}

}  // namespace

Instant parse_time(std::string_view text, Instant now, const Zone& zone) {
    const std::string_view expression = trim(text, " ");
    if (const auto at = any_form(expression, now, zone)) return checked(*at, text);
    const std::string reason = fmt::format("not a time: {}", in_short_quotes(text));
    if (length_of(expression))
        throw UsageError{reason, fmt::format("that long before now is \"-{}\"", expression)};
    throw UsageError{reason, good_times};
}

TimeSpan parse_period(std::string_view text, Instant now, const Zone& zone) {
    const std::string_view expression = trim(text, " ");
    if (const auto span = parse_day_span(expression)) return span_of(*span, zone);
    std::string words = lower(expression);
    std::replace(words.begin(), words.end(), ' ', '-');
    if (const auto span = named_span(words, day_of(now, zone))) return span_of(*span, zone);
    throw UsageError{fmt::format("not a period: {}", in_short_quotes(text)), good_periods};
}

}  // namespace jobtally::time
