// Judges one definition.
#include "core/rhythm/expectation.hpp"

#include <algorithm>

namespace jobtally::rhythm {

namespace {

using query::Run;
using std::chrono::minutes;
using time::Duration;
using time::Instant;

constexpr std::size_t least_durations = 3;  // to say what is usual
constexpr auto stuck_floor = minutes(10);
constexpr auto unsettled_for = std::chrono::days(7);
constexpr std::size_t lost_share = 10;  // a tenth of the reports would have been lost

// How long a job may run before it counts as stuck: three times its 95th percentile, but 10 minutes
// more at the least. Nothing where too little is known.
std::optional<Duration> longest_run(std::span<const Run> runs) {
    std::vector<std::int64_t> durations;
    for (const Run& run : runs) {
        if (const auto micros = run.duration()) durations.push_back(*micros);
    }
    if (durations.size() < least_durations) return std::nullopt;
    const std::size_t rank = (durations.size() * 95 + 99) / 100;
    const auto at = durations.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(durations.begin(), at, durations.end());
    return std::max(Duration{3 * *at}, Duration{*at} + Duration{stuck_floor});
}

// When reports come, after their slot; of a schedule without a history any time up to the last.
std::vector<std::int64_t> lags_of(const Cadence& cadence) {
    if (!cadence.lags.empty()) return cadence.lags;
    std::vector<std::int64_t> lags;
    for (int tenth = 0; tenth <= 10; ++tenth) lags.push_back(cadence.late.count() * tenth / 10);
    return lags;
}

// The first slot whose report would have reached us.
Instant slot_while_up(const Cadence& cadence, Instant slot, const MissedOptions& options) {
    while (slot + cadence.late <= options.now) {
        const auto until = lost_until(options.down, cadence, slot);
        if (!until) break;
        // A downtime that goes on has no slot after it yet: the next one from now on.
        const Instant beyond = std::min(*until, options.now) - cadence.late;
        slot = cadence.slot_after(std::max(slot, beyond));
    }
    return slot;
}

void judge_by_cadence(Expectation& result, std::span<const Run> runs,
                      const MissedOptions& options) {
    const Cadence& cadence = *result.cadence;
    const Instant last = time::instant_from_micros(runs.back().created_at);
    const Instant due = cadence.slot_after_run(last);
    const Instant slot = slot_while_up(cadence, due, options);
    result.typical_interval = cadence.typical_interval(last);
    result.expected_by = std::chrono::ceil<std::chrono::seconds>(slot + cadence.late);
    result.listener_down = down_within(options.down, due - cadence.early, options.now);
    result.state = MissedState::on_time;
    if (options.now <= *result.expected_by) return;
    result.overdue = options.now - *result.expected_by;
    result.state =
        *result.overdue < *result.typical_interval ? MissedState::late : MissedState::missed;
}

// The first report that has been RUNNING for too long. That a later run has ended does not settle
// it for a week: it still runs, or the report of its end was lost.
void judge_running(Expectation& result, std::span<const Run> runs, Instant now) {
    const auto longest = longest_run(runs);
    if (!longest) return;
    for (const Run& run : runs) {
        if (run.status != model::Status::running) continue;
        const Instant begun = time::instant_from_micros(run.created_at);
        const bool is_newest = run.created_at == runs.back().created_at;
        const Instant expected = std::chrono::ceil<std::chrono::seconds>(begun + *longest);
        if (now <= expected || (!is_newest && now - begun > unsettled_for)) continue;
        if (!is_newest && result.state == MissedState::missed) continue;
        result.state = MissedState::stuck;
        result.expected_by = expected;
        result.overdue = now - expected;
        return;
    }
}

}  // namespace

std::optional<Instant> lost_until(const std::vector<time::TimeSpan>& down, const Cadence& cadence,
                                  Instant slot) {
    const auto lags = lags_of(cadence);
    std::size_t lost = 0;
    std::optional<Instant> until;
    for (const auto& span : down) {
        if (*span.until <= slot - cadence.early || *span.since >= slot + cadence.late) continue;
        lost +=
            static_cast<std::size_t>(std::count_if(lags.begin(), lags.end(), [&](std::int64_t lag) {
                return span.contains(slot + Duration{lag});
            }));
        until = *span.until;
    }
    return lost * lost_share >= lags.size() ? until : std::nullopt;
}

Duration down_within(const std::vector<time::TimeSpan>& down, Instant from, Instant to) {
    Duration sum{0};
    for (const auto& span : down) {
        const Instant begin = std::max(*span.since, from), end = std::min(*span.until, to);
        if (begin < end) sum += end - begin;
    }
    return sum;
}

Expectation expectation_of(std::span<const Run> runs, const ConfiguredSchedule* configured,
                           const MissedOptions& options, const time::Zone& zone) {
    Expectation result;
    if (configured != nullptr) {
        result.cadence = configured_cadence(*configured, runs);
    } else if (runs.size() >= least_runs) {
        result.cadence = learn_cadence(runs, zone);
        result.state = MissedState::irregular;
    }
    if (result.cadence) judge_by_cadence(result, runs, options);
    judge_running(result, runs, options.now);
    return result;
}

Cadence configured_cadence(const ConfiguredSchedule& configured, std::span<const Run> runs) {
    Cadence cadence;
    cadence.schedule = configured.schedule;
    const auto typical =
        cadence.typical_interval(time::instant_from_micros(runs.back().created_at));
    if (configured.schedule->has_fixed_slots()) cadence.early = typical / 20;
    const Duration usual =
        std::min<Duration>(typical / 10, std::chrono::hours(1)) + usual_duration(runs);
    cadence.late = configured.grace.value_or(usual);
    return cadence;
}

}  // namespace jobtally::rhythm
