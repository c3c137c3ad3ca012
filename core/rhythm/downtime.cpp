// Downtime is what lies between the spans of uptime that listeners have written into the store.
#include "core/rhythm/downtime.hpp"

#include "core/store/upkeep/uptime.hpp"

#include <algorithm>

namespace jobtally::rhythm {

namespace {

using time::Duration;
using time::Instant;

// A listener that was silent for so long is gone, whether or not it said so.
constexpr auto gone_after = 3 * store::alive_every;
constexpr std::size_t lost_share = 10;  // a tenth of the reports would have been lost

// How long after their slots reports come. If no past reports show this, all delays up to the
// latest are taken to be equally likely.
std::vector<std::int64_t> lags_of(const Rhythm& rhythm, Instant slot) {
    if (const auto* slow = rhythm.slow.at(slot)) return slow->lags;
    if (!rhythm.lags.empty()) return rhythm.lags;
    std::vector<std::int64_t> lags;
    for (int tenth = 0; tenth <= 10; ++tenth) lags.push_back(rhythm.late.count() * tenth / 10);
    return lags;
}

auto first_after(std::span<const time::TimeSpan> spans, Instant at) {
    return std::partition_point(spans.begin(), spans.end(),
                                [&](const auto& span) { return *span.until <= at; });
}

}  // namespace

std::vector<time::TimeSpan> downtimes(const store::Store& store, time::Instant now,
                                      std::optional<time::Instant> spooling_at) {
    std::vector<time::TimeSpan> down;
    std::optional<time::Instant> up_until;
    bool has_ended = false;
    std::optional<time::Instant> sign;  // the last of those that have not ended
    for (const auto& span : store::read_uptime(store)) {
        if (span.begun_at > now) break;
        if (!span.has_ended) sign = sign ? std::max(*sign, span.last_alive_at) : span.last_alive_at;
        if (up_until && span.begun_at > *up_until) down.push_back({*up_until, span.begun_at});
        if (up_until && span.last_alive_at < *up_until) continue;  // two listeners at one time
        up_until = std::max(span.begun_at, std::min(span.last_alive_at, now));
        has_ended = span.has_ended && span.last_alive_at <= now;
    }
    if (up_until && spooling_at && *spooling_at > *up_until && *spooling_at <= now) {
        up_until = spooling_at;
        has_ended = false;
    }
    if (!up_until || *up_until >= now) return down;
    // One that could not take its port ends beside the one that has it.
    const bool is_another_up = sign && now - *sign <= gone_after;
    const bool is_gone = has_ended ? !is_another_up : now - *up_until > gone_after;
    if (is_gone && !store::came_without_a_listener(store, *up_until + gone_after))
        down.push_back({*up_until, now});
    return down;
}

std::optional<Instant> down_since(const std::vector<time::TimeSpan>& down, Instant at) {
    for (const auto& span : down) {
        if (*span.since + gone_after < at && at <= *span.until) return span.since;
    }
    return std::nullopt;
}

Duration down_within(std::span<const time::TimeSpan> down, Instant from, Instant to) {
    Duration sum{0};
    if (from >= to) return sum;
    for (auto span = first_after(down, from); span != down.end() && *span->since < to; ++span)
        sum += std::min(*span->until, to) - std::max(*span->since, from);
    return sum;
}

std::vector<time::TimeSpan> hidden_by(std::span<const time::TimeSpan> down,
                                      std::span<const std::int64_t> runs, Duration duration) {
    std::vector<time::TimeSpan> hidden;
    for (const auto& span : down) {
        // Of a listener that was killed the last sign of life may be so old.
        const Instant surely = *span.since + store::alive_every;
        const auto known = std::lower_bound(runs.begin(), runs.end(), time::micros(surely));
        Instant end = *span.until - duration;
        if (known != runs.end()) end = std::min(end, time::instant_from_micros(*known));
        if (*span.since - duration < end) hidden.push_back({*span.since - duration, end});
    }
    return hidden;
}

std::vector<SlotRange> hidden_slots(const LearnedSchedule& schedule, const Times& runs,
                                    std::size_t from, std::size_t to) {
    const auto begin = time::instant_from_micros(runs.instants[from]);
    const auto end = time::instant_from_micros(runs.instants[to]);
    const auto slot_from = [&](Instant at) {
        const auto wall = runs.clock->to_local(at).time_since_epoch().count();
        const auto place = schedule.place(time::micros(at), wall);
        return place.slot + (place.residual > 0 ? 1 : 0);
    };
    std::vector<SlotRange> slots;
    for (auto span = first_after(runs.hidden, begin);
         span != runs.hidden.end() && *span->since < end; ++span)
        slots.push_back({slot_from(*span->since), slot_from(*span->until)});
    return slots;
}

std::optional<Instant> lost_until(const std::vector<time::TimeSpan>& down, const Rhythm& rhythm,
                                  Instant slot) {
    const auto lags = lags_of(rhythm, slot);
    std::size_t lost = 0;
    std::optional<Instant> until;
    for (const auto& span : down) {
        if (*span.until <= slot - rhythm.early || *span.since >= slot + rhythm.late_at(slot))
            continue;
        lost +=
            static_cast<std::size_t>(std::count_if(lags.begin(), lags.end(), [&](std::int64_t lag) {
                return span.contains(slot + Duration{lag});
            }));
        until = *span.until;
    }
    return lost * lost_share >= lags.size() ? until : std::nullopt;
}

}  // namespace jobtally::rhythm
