// Times that are read are printed so that they are read again as the same; expressions give a time
// that reports can have, or a usage error; lengths and windows go forwards.
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/time/buckets.hpp"
#include "core/time/cron.hpp"
#include "core/time/expression.hpp"
#include "core/time/length.hpp"
#include "core/time/previous.hpp"
#include "core/time/rfc3339.hpp"
#include "tests/fuzz/demand.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace {

using namespace jobtally::time;
using jobtally::UsageError;
using jobtally::fuzz::demand;

const Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours{8}};

const Zone& zone_of(std::uint8_t choice) {
    static const Zone zones[] = {Zone{}, Zone::named("Europe/Berlin"),
                                 Zone::named("America/New_York"),
                                 Zone::named("Australia/Lord_Howe"), Zone::named("Pacific/Apia")};
    return zones[choice % std::size(zones)];
}

bool is_within_years(Instant at) {
    return at >= earliest && at < end_of_time;
}

// What `read` returns; nothing where it is a usage error. Whatever else it throws is a finding.
template <class Read>
auto unless_usage_error(Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const UsageError& error) {
        demand(jobtally::visible(error.what()) == error.what(), "a message that acts");
        return std::nullopt;
    }
}

void demand_stable(Instant at, const Zone& zone) {
    const std::string text = format_utc(at);
    demand(text.size() >= 20 && text.size() <= 27 && text.back() == 'Z', "a time of odd length");
    const auto again = parse_rfc3339(text);
    demand(again && *again == std::clamp(at, earliest, end_of_time - Duration{1}),
           "a time that is not read back as it was printed");
    // Local times near the ends have years that RFC 3339 can't write.
    if (at < earliest + std::chrono::days{2} || at > end_of_time - std::chrono::days{2}) return;
    const auto local = parse_rfc3339(format_local_rfc3339(at, zone));
    demand(local && *local == at, "a local time that names another instant");
    demand(zone.to_utc(zone.to_local(at)) <= at, "a local time after the instant it came from");
    demand(zone.offset_since(at) <= at && at < zone.offset_until(at), "an offset of another time");
}

void try_timestamp(std::string_view text, const Zone& zone) {
    const auto at = parse_rfc3339(text);
    if (!at)
        return demand(jobtally::visible(at.error().reason) == at.error().reason,
                      "a reason that acts");
    demand(is_within_years(*at), "a time outside of the years 0001 to 9999");
    demand_stable(*at, zone);
    demand(parse_time(text, now, zone) == *at, "a time that the command line reads otherwise");
}

void demand_forwards(const TimeSpan& span, const Zone& zone) {
    demand(span.since && span.until && *span.since <= *span.until, "a span that goes backwards");
    const TimeSpan before = previous_span(span, zone);
    demand(before.since && before.until && *before.since <= *before.until,
           "a previous span that goes backwards");
    demand(*before.until == *span.since, "a previous span that does not end at the span");
    const TimeSpan cut = cut_at_same_point(before, span, now, zone);
    demand(*cut.since == *before.since && *cut.until <= *before.until, "a cut span that is longer");
}

void try_expressions(std::string_view text, const Zone& zone) {
    const auto at = unless_usage_error([&] { return parse_time(text, now, zone); });
    if (at) {
        demand(is_within_years(*at), "an expression outside of the years 0001 to 9999");
        demand_stable(*at, zone);
    }
    if (const auto span = unless_usage_error([&] { return parse_period(text, now, zone); }))
        // Empty is Samoa's 2011-12-30, a day that was left out.
        demand(*span->since <= *span->until, "a period that goes backwards");
    if (const auto span = unless_usage_error([&] { return parse_range(text, now, zone); }))
        demand_forwards(*span, zone);
    if (const auto length = unless_usage_error([&] { return parse_length(text); })) {
        demand(length->count() >= 0, "a negative length");
        demand(!human_length(*length).empty() && !format_seconds(*length).empty(), "no text");
    }
}

void try_cron(std::string_view text, const Zone& zone) {
    const auto line = unless_usage_error([&] { return CronLine::parse(text); });
    if (!line) return;
    Instant at = now;
    for (int i = 0; i < 5; ++i) {
        const Instant next = line->next_after(at, zone);
        demand(next > at, "a schedule that stands still");
        at = next;
    }
}

// The first eight bytes as a number.
void try_numbers(std::string_view bytes, Every every, const Zone& zone) {
    std::int64_t number = 0;
    std::memcpy(&number, bytes.data(), std::min(bytes.size(), sizeof number));
    const Duration length{number};
    demand(!human_length(length).empty() && !format_seconds(length).empty(), "no text");
    demand(parse_rfc3339(format_utc(instant_from_micros(number))).has_value(), "no time");
    const Instant first = instant_from_micros(number % (100'000 * 86'400'000'000LL));
    demand_stable(first, zone);
    const Instant last = first + std::chrono::hours{24 * 40};
    const auto edges = bucket_edges(every, first, last, zone, 2000);
    demand(std::is_sorted(edges.begin(), edges.end(), std::less_equal<>{}), "edges out of order");
    demand(edges.size() >= 2 && edges.front() <= first && edges[1] > first,
           "no bucket of the first");
    demand(edges.back() > last && edges[edges.size() - 2] <= last, "no bucket of the last");
    demand(!bucket_name(every, edges.front(), zone).empty(), "no name");
}

}  // namespace

// The first byte chooses a zone and the length of buckets.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto text = jobtally::fuzz::text_of(bytes, size);
    const auto choice = jobtally::fuzz::take_choice(text);
    const Zone& zone = zone_of(choice);
    try_timestamp(text, zone);
    try_expressions(text, zone);
    try_cron(text, zone);
    try_numbers(text, static_cast<Every>(choice / 8 % 6), zone);
    return 0;
}
