// Judges each run of the window and keeps the worst of a kind.
#include "core/judge/findings.hpp"

#include <algorithm>
#include <cmath>

namespace jobtally::judge {

using query::Run;

namespace {

double badness(const Comparison& comparison) {
    return std::abs(std::log(comparison.factor()));
}

const Comparison& comparison_of(Unusual kind, const Judgement& judgement) {
    const bool pace = kind == Unusual::slower || kind == Unusual::faster;
    return pace ? *judgement.duration : *judgement.operations;
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
    if (badness(comparison_of(kind, judgement)) < badness(same->comparison())) return;
    same->worst = run;
    same->judgement = judgement;
}

void note_empty(EmptyRuns& empty, const EmptyRun& run) {
    if (run.is_unusual()) ++empty.unusual;
    empty.unjudged = run.can_be_judged() ? 0 : empty.unjudged + 1;
    empty.last = run;
}

// As slow as the definition is since it became slower.
bool is_as_slow(const Run& run, const std::optional<Slower>& slower) {
    return slower && run.created_at >= slower->since &&
           static_cast<double>(*run.duration()) <
               duration_floors.factor * static_cast<double>(slower->now);
}

std::size_t last_empty(std::span<const Run> runs) {
    for (std::size_t i = runs.size(); i-- > 0;) {
        if (runs[i].in_window && runs[i].succeeded() && runs[i].operations == 0) return i;
    }
    return runs.size();
}

}  // namespace

const Comparison& UnusualRuns::comparison() const {
    return comparison_of(kind, judgement);
}

Findings find_unusual(std::size_t definition, std::span<const Run> runs, const time::Zone& zone) {
    Findings found;
    found.definition = definition;
    found.slower = find_slower(runs, zone);
    RunJudge judge(runs, zone);
    const std::size_t newest_empty = last_empty(runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!runs[i].in_window || !runs[i].succeeded()) continue;
        const Judgement judgement = judge.judge(i);
        if (judgement.empty) note_empty(found.empty, *judgement.empty);
        if (i == newest_empty) found.empty.usual_operations = judge.usual_operations_with_empty();
        if (judgement.volume && judgement.volume != Unusual::empty) {
            note(found.unusual, *judgement.volume, runs[i], judgement);
        }
        const bool said = judgement.pace == Unusual::slower && is_as_slow(runs[i], found.slower);
        if (judgement.pace && !said) note(found.unusual, *judgement.pace, runs[i], judgement);
    }
    return found;
}

std::vector<Findings> find_unusual(const query::RunHistory& history, const time::Zone& zone) {
    std::vector<Findings> found;
    for (const std::size_t definition : history.definitions()) {
        if (definition != 0) {
            found.push_back(find_unusual(definition, history.of(definition), zone));
        }
    }
    return found;
}

}  // namespace jobtally::judge
