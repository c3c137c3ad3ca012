// Judges a definition once more, by the runs that were known.
#include "core/rhythm/known_then.hpp"

#include "core/rhythm/learned_schedule.hpp"

#include <algorithm>
#include <vector>

namespace jobtally::rhythm {

namespace {

using query::Run;

bool was_known(const Run& run) {
    return !run.is_news;
}

std::vector<Run> newest_known(std::span<const Run> runs) {
    std::vector<Run> known;
    for (auto run = runs.rbegin(); run != runs.rend() && known.size() < runs_looked_at; ++run) {
        if (was_known(*run)) known.push_back(*run);
    }
    std::reverse(known.begin(), known.end());
    return known;
}

// In most of the weeks before, and in two at least, there was a run amid the same hours.
bool ran_in_most_weeks(std::span<const std::int64_t> past, std::int64_t from, std::int64_t to) {
    constexpr int least_weeks = 2;
    const std::int64_t margin = (to - from) / 4;
    int with_runs = 0, without = 0;
    for (auto week = week_micros; from - week >= past.front(); week += week_micros) {
        const auto run = std::lower_bound(past.begin(), past.end(), from + margin - week);
        ++(run != past.end() && *run <= to - margin - week ? with_runs : without);
    }
    return with_runs >= least_weeks && with_runs > without;
}

}  // namespace

KnownThen known_then(std::span<const Run> runs, const query::Past& past, const Expectation& now,
                     const ConfiguredSchedule* configured, MissedOptions options,
                     const time::Zone& zone) {
    KnownThen then;
    const auto last = std::find_if(runs.rbegin(), runs.rend(), was_known);
    if (last == runs.rend()) return then;
    then.last = time::instant_from_micros(last->created_at);
    options.now = *options.told_at;
    // Most need no second look, which takes its time.
    const bool was_due = now.rhythm && now.rhythm->slot_after_run(*then.last) < options.now;
    if (last == runs.rbegin() || !was_due) return then;
    const auto said = expectation_of(newest_known(runs), past, configured, options, zone);
    if (said.state != Punctuality::late && said.state != Punctuality::missed) return then;
    const Run& next = *last.base();
    then.ran_at = time::instant_from_micros(next.created_at);
    then.ended_at = time::instant_from_micros(next.ended_at());
    then.late_by = *then.ended_at - *said.expected_by;
    return then;
}

std::optional<Rhythm> known_before_new_rest(std::span<const Run> runs, const Run& next,
                                            const query::Past& past, const time::Zone& zone,
                                            std::span<const time::TimeSpan> down) {
    const std::int64_t last = runs.back().created_at;
    if (!ran_in_most_weeks(past.minutes, last, next.created_at)) return std::nullopt;
    query::Past known = past;
    const auto end = std::upper_bound(past.minutes.begin(), past.minutes.end(), last);
    known.minutes = past.minutes.first(static_cast<std::size_t>(end - past.minutes.begin()));
    const auto newest = runs.last(std::min(runs.size(), runs_looked_at));
    return learn_stretches(newest, known, zone, down).back().rhythm;
}

}  // namespace jobtally::rhythm
