// Steps through the local calendar, and through hours as the clock shows them.
#include "core/time/buckets.hpp"

#include "core/base/error.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/time/calendar.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace jobtally::time {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::months;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 6> names{"hour", "day", "week", "month", "quarter", "year"};

std::chrono::local_days quarter_start(local_days day) {
    const year_month_day date{day};
    const unsigned first = (static_cast<unsigned>(date.month()) - 1) / 3 * 3 + 1;
    return local_days{date.year() / std::chrono::month{first} / 1};
}

DaySpan days_of(Every every, local_days day) {
    switch (every) {
        case Every::week:
            return week_of(day);
        case Every::month:
            return month_of(day);
        case Every::quarter: {
            const local_days first = quarter_start(day);
            return {first, local_days{year_month_day{first} + months{3}}};
        }
        case Every::year:
            return year_of(day);
        case Every::hour:
        case Every::day:
            break;
    }
    return {day, day + days{1}};
}

// Where the clock last showed a full hour, or jumped into another hour, at or before `at`.
Instant hour_start(Instant at, const Zone& zone) {
    const LocalTime local = zone.to_local(at);
    const Instant full = at - (local - floor<hours>(local));
    if (full >= zone.offset_since(at)) return full;
    // The clock changed within this hour. It goes on where the change stayed within one hour of
    // the clock (half-hour changes back), else the change began it.
    const Instant change = zone.offset_since(at);
    const LocalTime before = zone.to_local(change - Duration{1});
    const LocalTime after = zone.to_local(change);
    const bool goes_on =
        floor<hours>(before) == floor<hours>(after) && after != floor<hours>(after);
    return goes_on ? hour_start(change - Duration{1}, zone) : change;
}

Instant next_hour(Instant start, const Zone& zone) {
    Instant at = start;
    for (;;) {
        const LocalTime local = zone.to_local(at);
        const Instant full = at + (floor<hours>(local) + hours{1} - local);
        const Instant change = zone.offset_until(at);
        if (full < change) return full;
        if (hour_start(change, zone) == change) return change;
        at = change;
    }
}

class Edges {
  public:
    Edges(Every every, std::size_t most) : m_every(every), m_most(most) {}

    void add(Instant at) {
        if (!m_edges.empty() && at <= m_edges.back()) return;  // a day that the zone left out
        if (m_edges.size() > m_most) {
            throw UsageError(fmt::format("more than {} buckets: one for every {} is too many",
                                         count_text(static_cast<std::int64_t>(m_most)),
                                         names[static_cast<std::size_t>(m_every)]),
                             "choose a shorter window with --since, or longer buckets");
        }
        m_edges.push_back(at);
    }
    std::vector<Instant> take() { return std::move(m_edges); }

  private:
    Every m_every;
    std::size_t m_most;
    std::vector<Instant> m_edges;
};

}  // namespace

Every every_named(std::string_view name) {
    const auto* found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        throw UsageError(fmt::format("no series for every {}", in_short_quotes(name)),
                         fmt::format("it is one of {}", fmt::join(names, ", ")));
    }
    return static_cast<Every>(found - names.begin());
}

std::vector<Instant> bucket_edges(Every every, Instant first, Instant last, const Zone& zone,
                                  std::size_t most) {
    Edges edges(every, most);
    if (every == Every::hour) {
        Instant at = hour_start(first, zone);
        for (; at <= last; at = next_hour(at, zone)) edges.add(at);
        edges.add(at);
        return edges.take();
    }
    DaySpan span = days_of(every, floor<days>(zone.to_local(first)));
    for (;;) {
        const Instant at = zone.to_utc(span.first);
        edges.add(at);
        if (at > last) return edges.take();
        span = days_of(every, span.end);
    }
}

std::string bucket_name(Every every, Instant start, const Zone& zone) {
    const LocalTime local = zone.to_local(start);
    const auto day = floor<days>(local);
    const year_month_day date{day};
    const int year = static_cast<int>(date.year());
    const unsigned month = static_cast<unsigned>(date.month());
    switch (every) {
        case Every::hour: {
            const bool twice = zone.to_local(start - hours{1}) == local ||
                               zone.to_local(start + hours{1}) == local;
            const std::string text = format_local(start, zone, false);
            return twice ? text + " " + zone.abbreviation_at(start) : text;
        }
        case Every::day:
            return fmt::format("{:04}-{:02}-{:02}", year, month, static_cast<unsigned>(date.day()));
        case Every::week: {
            const year_month_day thursday{day + days{3}};
            const auto first = local_days{thursday.year() / std::chrono::January / 1};
            const auto week = (local_days{thursday} - first).count() / 7 + 1;
            return fmt::format("{:04}-W{:02}", static_cast<int>(thursday.year()), week);
        }
        case Every::month:
            return fmt::format("{:04}-{:02}", year, month);
        case Every::quarter:
            return fmt::format("{:04}-Q{}", year, (month - 1) / 3 + 1);
        case Every::year:
            break;
    }
    return fmt::format("{:04}", year);
}

}  // namespace jobtally::time
