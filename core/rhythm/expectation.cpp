// Finds the slot that a report is due for, and what overrules it: a run that goes on for too long.
#include "core/rhythm/expectation.hpp"

#include "core/query/percentile.hpp"
#include "core/rhythm/downtime.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace jobtally::rhythm {

namespace {

using query::Run;
using time::Duration;
using time::Instant;

constexpr std::size_t least_durations = 3;  // fewer do not tell how long a run may take
constexpr auto stuck_floor = std::chrono::minutes(10);
constexpr auto unsettled_for = std::chrono::days(7);
constexpr auto silence_of_ended = std::chrono::days(28);
constexpr int intervals_of_ended = 5;

// How long a run may take before it counts as stuck: three times the 95th percentile of the
// durations, but at least 10 minutes longer than that. None where too few durations are known.
std::optional<Duration> longest_run(std::span<const Run> runs) {
    std::vector<std::int64_t> durations;
    for (const Run& run : runs) {
        if (const auto micros = run.duration()) durations.push_back(*micros);
    }
    if (durations.size() < least_durations) return std::nullopt;
    const std::size_t rank = (durations.size() * 95 + 99) / 100;
    const Duration usual{query::value_at(std::move(durations), rank - 1)};
    return std::max(3 * usual, usual + Duration{stuck_floor});
}

// From `slot` on, the first slot whose report was not lost in a downtime.
Instant slot_while_up(const Rhythm& rhythm, Instant slot, const MissedOptions& options) {
    while (rhythm.due_by(slot) <= options.now) {
        const auto until = lost_until(options.down, rhythm, slot);
        if (!until) break;
        // A downtime that still goes on has no slot after it yet: go on from now.
        const Instant beyond = std::min(*until, options.now) - rhythm.late;
        slot = rhythm.slot_after(std::max(slot, beyond));
    }
    return slot;
}

void judge_by_rhythm(Expectation& result, std::span<const Run> runs, const MissedOptions& options) {
    const Rhythm& rhythm = *result.rhythm;
    const Instant last = time::instant_from_micros(runs.back().created_at);
    const Instant due = slot_while_enabled(rhythm, rhythm.telling_slot_after_run(last), options);
    const Instant slot = slot_while_up(rhythm, due, options);
    result.typical_interval = rhythm.typical_interval(last);
    result.expected_by = std::chrono::ceil<std::chrono::seconds>(rhythm.due_by(slot));
    result.listener_down = down_within(options.down, due - rhythm.early, options.now);
    result.state = Punctuality::on_time;
    if (options.now <= *result.expected_by) return;
    result.overdue = options.now - *result.expected_by;
    result.state =
        *result.overdue < *result.typical_interval ? Punctuality::late : Punctuality::missed;
}

// Looks for the first report that has been RUNNING for too long. Even if a later run has ended, the
// earlier one counts as stuck for a week, since it still runs or the report of its end was lost.
void judge_running(Expectation& result, std::span<const Run> runs, Instant now) {
    const auto longest = longest_run(runs);
    if (!longest) return;
    for (const Run& run : runs) {
        if (run.status != model::Status::running) continue;
        const Instant begun = time::instant_from_micros(run.created_at);
        const bool is_newest = run.created_at == runs.back().created_at;
        const Instant expected = std::chrono::ceil<std::chrono::seconds>(begun + *longest);
        if (now <= expected || (!is_newest && now - begun > unsettled_for)) continue;
        if (!is_newest && result.state == Punctuality::missed) continue;
        result.state = Punctuality::stuck;
        result.expected_by = expected;
        result.overdue = now - expected;
        return;
    }
}

void judge_silence(Expectation& result, std::span<const Run> runs, const MissedOptions& options) {
    std::vector<Duration> gaps;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        gaps.emplace_back(runs[i].created_at - runs[i - 1].created_at);
    }
    const Duration usual = gaps.empty() ? Duration{0} : query::median(std::move(gaps));
    const Duration interval = result.typical_interval.value_or(usual);
    const Instant newest = time::instant_from_micros(runs.back().created_at);
    const auto& disabled = options.disabled;
    const Instant last = disabled.empty() ? newest : std::max(newest, *disabled.back().until);
    result.ended_at = ended_at(last, interval, options);
    if (!result.ended_at) return;
    result.state = Punctuality::ended;
    result.expected_by.reset();
    result.overdue.reset();
}

}  // namespace

Instant slot_while_enabled(const Rhythm& rhythm, Instant slot, const MissedOptions& options) {
    for (const auto& off : options.disabled)
        if (off.contains(slot)) slot = rhythm.slot_after(*off.until);
    return slot;
}

std::optional<Instant> ended_at(Instant last, Duration interval, const MissedOptions& options) {
    const Instant silent_until =
        last + std::max<Duration>(silence_of_ended, intervals_of_ended * interval);
    // Downtime puts it off, into the next one perhaps; what comes after it does not.
    Instant ended = silent_until;
    while (ended <= options.now) {
        const Instant put_off = silent_until + down_within(options.down, last, ended);
        if (put_off == ended) return ended;
        ended = put_off;
    }
    return std::nullopt;
}

Expectation expectation_of(std::span<const Run> runs, const query::Past& past,
                           const ConfiguredSchedule* configured, const MissedOptions& options,
                           const time::Zone& zone) {
    Expectation result;
    if (configured != nullptr) {
        result.rhythm = configured_rhythm(*configured, runs);
    } else if (runs.size() >= least_runs) {
        result.stretches = learn_stretches(runs, past, zone, options.down);
        result.rhythm = result.stretches.back().rhythm;
        result.state = Punctuality::irregular;
    }
    if (result.rhythm) judge_by_rhythm(result, runs, options);
    judge_running(result, runs, options.now);
    // A person who gives a schedule wants to be told for as long as it stands.
    if (configured == nullptr) judge_silence(result, runs, options);
    return result;
}

}  // namespace jobtally::rhythm
