// Judges each run of the window and keeps the worst of a kind, and whether the level has moved.
#include "core/judge/findings.hpp"

#include "core/base/parallel.hpp"
#include "core/query/percentile.hpp"
#include "core/query/sums.hpp"

#include <algorithm>
#include <cmath>

namespace jobtally::judge {

using query::Run;

namespace {

constexpr double least_shift = 0.117783;  // ln 1.125: less matters to nobody
constexpr std::int64_t judged_at_once = 24LL * 3600 * 1'000'000;

double badness(const Comparison& comparison) {
    return std::abs(std::log(comparison.factor()));
}

void note(std::vector<UnusualRuns>& found, Unusual kind, const Run& run,
          const Judgement& judgement) {
    auto same = std::find_if(found.begin(), found.end(),
                             [&](const UnusualRuns& other) { return other.kind == kind; });
    if (same == found.end()) {
        found.push_back({kind, 1, run, judgement});
        return;
    }
    ++same->count;
    if (badness(judgement.of(kind)) < badness(same->comparison())) return;
    same->worst = run;
    same->judgement = judgement;
}

std::optional<double> factor_of(const std::optional<UsualValues::Levels>& levels) {
    return levels ? std::optional(std::exp(levels->by())) : std::nullopt;
}

void put_shift(Findings& found, const RunJudge& judge, const UsualValues& values, Unusual up,
               Unusual down) {
    const auto& change = values.change();
    if (!change) return;
    const UsualValues::Period period{values.at(change->usual_from), values.at(change->usual_until),
                                     values.at(change->now_from)};
    Shift shift{change->z > 0 ? up : down,
                values.at(change->first),
                static_cast<std::int64_t>(values.size() - change->first),
                0,
                change->z,
                change->a_day,
                judge.durations().levels(period),
                judge.operations().levels(period),
                Cause::unknown};
    if (std::abs(std::log(shift.factor())) < least_shift) return;
    if (is_pace(up)) shift.cause = cause_of(shift.factor(), factor_of(shift.operations));
    found.shifts.push_back(shift);
}

void put_unusual(Findings& found, std::span<const Run> runs, const time::Zone& zone,
                 Budget budget) {
    RunJudge judge(runs, zone, budget);
    put_shift(found, judge, judge.durations(), Unusual::slower, Unusual::faster);
    put_shift(found, judge, judge.operations(), Unusual::more, Unusual::fewer);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!runs[i].succeeded()) continue;
        for (auto& shift : found.shifts) shift.last = runs[i].sequence;
        if (!runs[i].in_window) continue;
        const Judgement judgement = judge.judge(i);
        found.partial.judgement.is_unusual |= judgement.has_more_failed;
        for (const auto& kind : {judgement.volume, judgement.pace}) {
            if (kind) note(found.unusual, *kind, runs[i], judgement);
        }
        if (judgement.pace == Unusual::slower) found.slow.push_back(runs[i].sequence);
        found.newest = judgement;
        if (runs[i].operations != 0) continue;
        found.newest.empty = found.empty.judgement;
        if (found.empty.judgement.is_unusual) found.newest.volume = Unusual::empty;
    }
}

// Of the successes of which it is known. The last day that has any of them is judged by all before.
Flaws flaws_of(std::span<const Run> runs, std::int64_t Run::*count, bool (*is_flaw)(std::int64_t),
               double chance) {
    Flaws found;
    const auto is_asked = [&](const Run& run) {
        return run.in_window && run.succeeded() && run.*count >= 0 && is_flaw(run.*count);
    };
    if (std::none_of(runs.begin(), runs.end(), is_asked)) return found;
    std::vector<std::uint8_t> flawed;
    std::vector<std::int64_t> at;  // INT64_MIN: outside the window
    for (const Run& run : runs) {
        if (!run.succeeded() || run.*count < 0) continue;
        const bool is = is_flaw(run.*count);
        flawed.push_back(is ? 1 : 0);
        at.push_back(run.in_window ? run.created_at : INT64_MIN);
        if (!is_asked(run)) continue;
        ++found.count;
        found.last = run;
        query::add_count(found.failed, std::max<std::int64_t>(run.failed, 0));
        query::add_count(found.operations, std::max<std::int64_t>(run.operations, 0));
    }
    const auto day = std::find_if(at.begin(), at.end(), [&](std::int64_t created_at) {
        return created_at > found.last.created_at - judged_at_once;
    });
    const auto window = static_cast<std::size_t>(day - at.begin());
    const std::size_t first = window - std::min(window, history_reach.runs);
    found.judgement = judge_flaws(std::span(flawed).subspan(first), window - first, chance);
    return found;
}

template <class Find>
std::vector<Findings> of_each(const query::RunHistory& history, const time::Zone& zone, Find find) {
    constexpr std::size_t part = 4;  // definitions that a thread takes at a time
    const auto& definitions = history.definitions();
    std::vector<Findings> found(definitions.size());
    for_parts(found.size(), part, [&](std::size_t begin, std::size_t end) {
        const time::Zone own = zone;  // it is for one thread
        for (std::size_t i = begin; i < end; ++i) found[i] = find(definitions[i], own);
    });
    return found;
}

}  // namespace

double Shift::factor() const {
    return factor_of(is_pace(kind) ? durations : operations).value_or(1);
}

std::optional<double> Flaws::failure_rate() const {
    if (operations == 0) return std::nullopt;
    return static_cast<double>(failed) / static_cast<double>(operations);
}

std::optional<std::int64_t> usual_operations(std::span<const Run> runs) {
    std::vector<std::int64_t> known;
    for (const Run& run : runs) {
        if (run.succeeded() && run.operations >= 0) known.push_back(run.operations);
    }
    if (known.empty()) return std::nullopt;
    return query::median(std::move(known));
}

Findings find_unusual(std::size_t definition, std::span<const Run> runs, const time::Zone& zone,
                      Budget budget) {
    Findings found;
    found.definition = definition;
    found.finished =
        std::count_if(runs.begin(), runs.end(), [](auto& run) { return run.in_window; });
    const double chance = budget.of_flaws();
    found.empty = flaws_of(
        runs, &Run::operations, [](std::int64_t count) { return count == 0; }, chance);
    found.partial = flaws_of(
        runs, &Run::failed, [](std::int64_t count) { return count > 0; }, chance);
    if (definition == 0 || found.finished == 0) {
        found.empty.judgement = found.partial.judgement = {};
        return found;
    }
    put_unusual(found, runs, zone, budget);
    if (found.empty.count > 0) {
        const auto last = std::find_if(runs.begin(), runs.end(), [&](const Run& run) {
            return run.sequence == found.empty.last.sequence;
        });
        found.empty.usual_operations =
            usual_operations(runs.first(static_cast<std::size_t>(last - runs.begin())));
    }
    return found;
}

std::vector<Findings> find_all(const query::RunHistory& history, const time::Zone& zone,
                               Budget budget) {
    return of_each(history, zone, [&](std::size_t definition, const time::Zone& own) {
        return find_unusual(definition, history.of(definition), own, budget);
    });
}

std::vector<Findings> find_late(const query::RunHistory& history, const time::Zone& zone,
                                Budget budget) {
    auto found = of_each(history, zone, [&](std::size_t definition, const time::Zone& own) {
        const auto all = history.of(definition);
        const auto is_late = [](const Run& run) { return run.is_news && !run.in_window; };
        const auto last = std::find_if(all.rbegin(), all.rend(), is_late).base();
        std::vector<Run> runs(all.begin(), last);
        for (Run& run : runs) run.in_window = is_late(run);
        return runs.empty() ? Findings{} : find_unusual(definition, runs, own, budget);
    });
    std::erase_if(found, [](const Findings& one) { return one.finished == 0; });
    return found;
}

}  // namespace jobtally::judge
