// Judges a definition once more, by the runs that were known.
#include "core/rhythm/known_then.hpp"

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

}  // namespace

KnownThen known_then(std::span<const Run> runs, std::span<const std::int64_t> past,
                     const Expectation& now, const ConfiguredSchedule* configured,
                     MissedOptions options, const time::Zone& zone) {
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

}  // namespace jobtally::rhythm
