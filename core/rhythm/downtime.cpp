// What lies between spans of uptime.
#include "core/rhythm/downtime.hpp"

#include "core/store/upkeep/uptime.hpp"

#include <algorithm>

namespace jobtally::rhythm {

namespace {

// A listener that was silent for so long is gone, whether or not it said so.
constexpr auto gone_after = 3 * store::alive_every;

}  // namespace

std::vector<time::TimeSpan> downtimes(const store::Store& store, time::Instant now) {
    std::vector<time::TimeSpan> down;
    std::optional<time::Instant> up_until;
    bool has_ended = false;
    for (const auto& span : store::read_uptime(store)) {
        if (span.begun_at > now) break;
        if (up_until && span.begun_at > *up_until) down.push_back({*up_until, span.begun_at});
        if (up_until && span.last_alive_at < *up_until) continue;  // two listeners at one time
        up_until = std::max(span.begun_at, std::min(span.last_alive_at, now));
        has_ended = span.has_ended && span.last_alive_at <= now;
    }
    if (!up_until || *up_until >= now) return down;
    const bool is_gone = has_ended || now - *up_until > gone_after;
    const auto received = store::last_received_at(store);
    const bool came_otherwise = received && *received > *up_until + gone_after;
    if (is_gone && !came_otherwise) down.push_back({*up_until, now});
    return down;
}

}  // namespace jobtally::rhythm
