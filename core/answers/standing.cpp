// One scan of the store, then the standing of a report among what was found.
#include "core/answers/standing.hpp"

#include "core/query/histogram.hpp"
#include "core/query/percentile.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace jobtally::answers {

namespace {

using query::Run;

store::DefinitionKey key_of(const store::Catalogue& catalogue, const std::string& id) {
    for (const auto& definition : catalogue.definitions()) {
        if (definition.id == id) return definition.key;
    }
    return 0;
}

// `runs` are in (created_at, id) order, the report among them.
void put_neighbours(Standing& standing, const store::Store& store, std::span<const Run> runs,
                    store::Sequence own) {
    const auto place =
        std::find_if(runs.begin(), runs.end(), [&](const Run& run) { return run.sequence == own; });
    const auto neighbour = [&](const Run& run) -> std::optional<Neighbour> {
        const auto found = store::read_reports(store, std::span(&run.sequence, 1));
        if (found.empty()) return std::nullopt;  // another process has replaced it meanwhile
        return Neighbour{found.front().report.id, found.front().report.status};
    };
    if (place == runs.end()) return;
    if (place != runs.begin()) standing.previous = neighbour(*std::prev(place));
    if (std::next(place) != runs.end()) standing.next = neighbour(*std::next(place));
}

void put_durations(Standing& standing, const std::vector<std::int64_t>& durations,
                   std::optional<std::int64_t> own) {
    standing.runs = static_cast<std::int64_t>(durations.size());
    if (durations.empty()) return;
    const auto [least, greatest] = std::minmax_element(durations.begin(), durations.end());
    const query::HistogramBounds bounds(*least, *greatest);
    standing.median_duration = time::Duration{query::median(durations)};
    standing.spread = {*least, *greatest, bounds.count(durations), {}};
    if (!own) return;
    const auto count_if = [&](auto holds) {
        return std::count_if(durations.begin(), durations.end(), holds);
    };
    standing.duration_rank = 1 + count_if([&](std::int64_t other) { return other < *own; });
    standing.duration_percentile =
        static_cast<double>(count_if([&](std::int64_t other) { return other <= *own; })) /
        static_cast<double>(standing.runs);
    const auto alone = bounds.count(std::span(&*own, 1));
    standing.spread.own =
        static_cast<std::size_t>(std::max_element(alone.begin(), alone.end()) - alone.begin());
}

void put_streak(Standing& standing, std::span<const Run> runs, std::size_t place) {
    const auto streak = judge::current_streak(runs.first(place + 1));
    if (!streak) return;
    std::size_t end = place + 1;
    while (end < runs.size() && !runs[end].succeeded()) ++end;
    standing.streak = {streak->length, streak->length + static_cast<std::int64_t>(end - place - 1),
                       time::instant_from_micros(streak->failing_since)};
}

std::optional<double> micros_per_record(const Run& run) {
    const auto duration = run.duration();
    if (!run.succeeded() || !duration || run.operations <= 0) return std::nullopt;
    return static_cast<double>(*duration) / static_cast<double>(run.operations);
}

void put_judgement(Standing& standing, std::span<const Run> runs, std::size_t place,
                   const time::Zone& zone) {
    standing.successes_before =
        std::count_if(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(place),
                      [](const Run& run) { return run.succeeded(); });
    std::size_t first = place - std::min(place, judge::history_reach.runs);
    while (runs[place].created_at - runs[first].created_at > judge::history_reach.micros) ++first;
    const auto before = runs.subspan(first, place - first);
    std::vector<Run> judged(before.begin(), before.end());
    judged.push_back(runs[place]);
    judged.back().in_window = true;
    auto findings = judge::find_unusual(1, judged, zone);
    standing.judgement = findings.newest;
    standing.shifts = std::move(findings.shifts);
    standing.usual_operations = judge::usual_operations(before);
    standing.micros_per_record = micros_per_record(runs[place]);
    if (standing.judgement->duration) {
        std::vector<double> speeds;
        for (const Run& run : before) {
            if (const auto speed = micros_per_record(run)) speeds.push_back(*speed);
        }
        if (speeds.size() >= judge::enough_runs) {
            standing.usual_micros_per_record = query::median(std::move(speeds));
        }
    }
}

}  // namespace

std::optional<Standing> standing_of(const query::Scope& scope, const store::StoredReport& stored) {
    if (!stored.report.definition_id) return std::nullopt;
    const auto key = key_of(scope.catalogue(), *stored.report.definition_id);
    if (key == 0) return std::nullopt;
    auto runs = query::runs_of(scope, key);
    Standing standing;
    put_neighbours(standing, scope.store(), runs, stored.sequence);
    std::erase_if(runs, [](const Run& run) { return !model::is_finished(run.status); });
    std::vector<std::int64_t> durations;
    std::vector<std::int64_t> operations;
    for (const Run& run : runs) {
        if (const auto micros = run.duration()) durations.push_back(*micros);
        if (run.operations >= 0) operations.push_back(run.operations);
    }
    if (!operations.empty()) standing.median_operations = query::median(operations);
    const auto own = std::find_if(runs.begin(), runs.end(),
                                  [&](const Run& run) { return run.sequence == stored.sequence; });
    const bool finished = own != runs.end();
    put_durations(standing, durations, finished ? own->duration() : std::nullopt);
    if (!finished) return standing;
    const auto place = static_cast<std::size_t>(own - runs.begin());
    if (own->succeeded()) {
        put_judgement(standing, runs, place, scope.selection().zone);
    } else {
        put_streak(standing, runs, place);
    }
    return standing;
}

}  // namespace jobtally::answers
