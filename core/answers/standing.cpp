// One scan of the store, then the standing of a report among what was found.
#include "core/answers/standing.hpp"

#include "core/query/percentile.hpp"
#include "core/query/small_histogram.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace jobtally::answers {

namespace {

using store::FactBatch;

// A definition's reports, all of them and the finished ones in their order.
struct RunsOfDefinition {
    std::vector<judge::Run> all;
    std::vector<judge::Run> finished;
    std::vector<std::int64_t> durations;
    std::vector<std::int64_t> operations;
};

RunsOfDefinition read_runs(const query::Scope& scope, store::DefinitionKey key) {
    RunsOfDefinition found;
    scope.scan(judge::run_columns, [&](const FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.definition[i] != key) continue;
            found.all.push_back(judge::run_at(batch, i));
            if (!model::is_finished(batch.status[i])) continue;
            found.finished.push_back(found.all.back());
            if (batch.operations[i] >= 0) found.operations.push_back(batch.operations[i]);
            if (const auto micros = found.all.back().duration()) found.durations.push_back(*micros);
        }
    });
    judge::sort_runs(found.finished, scope.store());
    return found;
}

std::optional<std::int64_t> median(std::vector<std::int64_t> values) {
    if (values.empty()) return std::nullopt;
    const std::int64_t rank[] = {
        query::Percentile::named("50").rank(static_cast<std::int64_t>(values.size()))};
    return query::values_at_ranks(values, rank).front();
}

store::DefinitionKey key_of(const store::Catalogue& catalogue, const std::string& id) {
    for (const auto& definition : catalogue.definitions()) {
        if (definition.id == id) return definition.key;
    }
    return 0;
}

// Reports of the same created_at are told apart by their ids.
void put_neighbours(Standing& standing, const store::Store& store,
                    const store::StoredReport& stored, const std::vector<judge::Run>& runs) {
    const std::int64_t at = time::micros(stored.report.created_at);
    std::int64_t before = INT64_MIN;
    std::int64_t after = INT64_MAX;
    for (const judge::Run& run : runs) {
        if (run.created_at < at) before = std::max(before, run.created_at);
        if (run.created_at > at) after = std::min(after, run.created_at);
    }
    std::vector<store::Sequence> near;
    for (const judge::Run& run : runs) {
        if (run.created_at == at || run.created_at == before || run.created_at == after) {
            near.push_back(run.sequence);
        }
    }
    auto reports = store::read_reports(store, near);
    const auto place = [](const store::StoredReport& report) {
        return std::tie(report.report.created_at, report.report.id);
    };
    std::sort(reports.begin(), reports.end(),
              [&](const auto& a, const auto& b) { return place(a) < place(b); });
    for (const auto& other : reports) {
        const Neighbour neighbour{other.report.id, other.report.status};
        if (place(other) < place(stored)) standing.previous = neighbour;
        if (place(stored) < place(other) && !standing.next) standing.next = neighbour;
    }
}

void put_durations(Standing& standing, const std::vector<std::int64_t>& durations,
                   std::optional<std::int64_t> own) {
    standing.runs = static_cast<std::int64_t>(durations.size());
    if (durations.empty()) return;
    const auto [least, greatest] = std::minmax_element(durations.begin(), durations.end());
    const query::HistogramBounds bounds(*least, *greatest);
    standing.median_duration = time::Duration{median(durations).value()};
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

void put_streak(Standing& standing, std::span<const judge::Run> runs, std::size_t place) {
    const auto outage = judge::current_outage(runs.first(place + 1));
    if (!outage) return;
    std::size_t end = place + 1;
    while (end < runs.size() && !runs[end].succeeded()) ++end;
    standing.streak = {outage->failures,
                       outage->failures + static_cast<std::int64_t>(end - place - 1),
                       time::instant_from_micros(outage->failing_since)};
}

void put_judgement(Standing& standing, std::span<const judge::Run> runs, std::size_t place,
                   const time::Zone& zone) {
    standing.successes_before =
        std::count_if(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(place),
                      [](const judge::Run& run) { return run.succeeded(); });
    judge::RunJudge judge(runs, zone);
    standing.judgement = judge.judge(place, true);
    standing.usual_operations = judge.usual_operations_with_empty();
}

}  // namespace

std::optional<Standing> standing_of(const query::Scope& scope, const store::StoredReport& stored) {
    if (!stored.report.definition_id) return std::nullopt;
    const auto key = key_of(scope.catalogue(), *stored.report.definition_id);
    if (key == 0) return std::nullopt;
    const auto found = read_runs(scope, key);
    Standing standing;
    standing.median_operations = median(found.operations);
    put_neighbours(standing, scope.store(), stored, found.all);
    const auto own =
        std::find_if(found.finished.begin(), found.finished.end(),
                     [&](const judge::Run& run) { return run.sequence == stored.sequence; });
    const bool finished = own != found.finished.end();
    put_durations(standing, found.durations, finished ? own->duration() : std::nullopt);
    if (!finished) return standing;
    const auto place = static_cast<std::size_t>(own - found.finished.begin());
    if (own->succeeded()) {
        put_judgement(standing, found.finished, place, scope.selection().zone);
    } else {
        put_streak(standing, found.finished, place);
    }
    return standing;
}

}  // namespace jobtally::answers
