#include "core/time/previous.hpp"

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/time/expression.hpp"

#include <algorithm>
#include <string>

namespace jobtally::time {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::months;
using std::chrono::year_month_day;

// The day that begins at this instant.
std::optional<local_days> day_starting_at(Instant at, const Zone& zone) {
    const auto day = floor<days>(zone.to_local(at));
    return zone.to_utc(day) == at ? std::optional(day) : std::nullopt;
}

std::optional<months> whole_months(local_days first, local_days end) {
    const year_month_day from{first};
    const year_month_day to{end};
    if (from.day() != to.day() || from.day() != std::chrono::day{1} || end <= first) return {};
    return (to.year() / to.month()) - (from.year() / from.month());
}

}  // namespace

TimeSpan previous_span(const TimeSpan& span, const Zone& zone) {
    const Instant since = span.since.value();
    const Instant until = span.until.value();
    const auto first = day_starting_at(since, zone);
    const auto end = day_starting_at(until, zone);
    if (!first || !end) return {since - (until - since), since};
    if (const auto count = whole_months(*first, *end)) {
        return {zone.to_utc(local_days{year_month_day{*first} - *count}), since};
    }
    return {zone.to_utc(*first - (*end - *first)), since};
}

TimeSpan parse_range(std::string_view text, Instant now, const Zone& zone) {
    const auto dots = text.find("..");
    if (dots == std::string_view::npos) return parse_period(text, now, zone);
    const TimeSpan span{parse_time(text.substr(0, dots), now, zone),
                        parse_time(text.substr(dots + 2), now, zone)};
    if (*span.until < *span.since) {
        throw UsageError("the range ends before it begins: " + in_short_quotes(text));
    }
    return span;
}

TimeSpan cut_at_same_point(const TimeSpan& other, const TimeSpan& span, Instant now,
                           const Zone& zone) {
    if (!span.since || !other.since || !other.until || now <= *span.since ||
        (span.until && now >= *span.until)) {
        return other;
    }
    const bool calendar = day_starting_at(*span.since, zone) && day_starting_at(*other.since, zone);
    const Instant passed = calendar ? zone.to_utc(zone.to_local(*other.since) +
                                                  (zone.to_local(now) - zone.to_local(*span.since)))
                                    : *other.since + (now - *span.since);
    return {other.since, std::min(*other.until, passed)};
}

}  // namespace jobtally::time
