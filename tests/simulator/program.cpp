#include "tests/simulator/program.hpp"

#include "core/query/run_minutes.hpp"
#include "core/rhythm/expectation.hpp"
#include "core/rhythm/gaps.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "tests/simulator/moment.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace jobtally::simulator {

namespace {

std::vector<time::TimeSpan> spans_of(const std::vector<Span>& down, Micros now) {
    std::vector<time::TimeSpan> spans;
    for (const auto& span : down) {
        if (span.from >= now) break;
        spans.push_back({time::instant_from_micros(span.from), time::instant_from_micros(span.to)});
    }
    return spans;
}

// In the order of arrival, as a listener stores them.
std::vector<model::JobReport> arrived(const Fleet& fleet) {
    std::vector<model::JobReport> reports;
    for (const auto& definition : fleet.definitions) {
        const std::size_t middle = reports.size() + definition.runs.size() / 2;
        for (const auto& run : definition.runs) {
            if (run.is_lost || run.arrives_at > fleet.end) continue;
            auto& report = reports.emplace_back();
            report.id = fmt::format("report-{}", reports.size());
            report.status = run.failed ? "FAILURE" : "SUCCESS";
            report.definition_id = definition.id;
            report.definition_name =
                reports.size() < middle ? definition.name : definition.later_name;
            report.created_at = time::instant_from_micros(run.created_at);
            report.updated_at = time::instant_from_micros(run.arrives_at);
        }
    }
    std::stable_sort(reports.begin(), reports.end(),
                     [](auto& a, auto& b) { return a.updated_at < b.updated_at; });
    return reports;
}

store::Store stored(const Fleet& fleet) {
    auto store = store::Store::in_memory();
    store::WriteTransaction transaction(store);
    for (const auto& report : arrived(fleet)) transaction.put(report, *report.updated_at);
    transaction.commit();
    return store;
}

std::optional<Micros> micros_of(const std::optional<time::Instant>& at) {
    return at ? std::optional(time::micros(*at)) : std::nullopt;
}

// As the store is asked for it.
std::vector<std::int64_t> past_of(std::span<const query::Run> runs, time::Instant now) {
    const std::int64_t from = time::micros(now - rhythm::past_looked_at);
    const auto first = std::find_if(runs.begin(), runs.end(),
                                    [&](const auto& run) { return run.created_at >= from; });
    const std::span<const query::Run> past(first, runs.end());
    return past.size() >= rhythm::runs_looked_at ? query::minutes_of(past)
                                                 : std::vector<std::int64_t>();
}

}  // namespace

Verdict Program::judge(const std::vector<query::Run>& known, Micros now) {
    rhythm::MissedOptions options;
    options.now = time::instant_from_micros(now);
    options.down = spans_of(m_fleet.down, now);
    if (known.empty()) return {std::string(rhythm::name_of(rhythm::Punctuality::too_few)), "", {}};
    const std::size_t count = std::min(known.size(), rhythm::runs_looked_at);
    const auto runs = std::span(known).last(count);
    const auto past = past_of(known, options.now);
    const std::clock_t begun = std::clock();
    const auto said = rhythm::expectation_of(runs, {past}, nullptr, options, m_fleet.zone);
    m_seconds += static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
    ++m_judged;
    return {std::string(rhythm::name_of(said.state)),
            said.rhythm ? said.rhythm->schedule->text(m_fleet.zone) : "",
            micros_of(said.expected_by)};
}

Answers ask_through_store(const Fleet& fleet) {
    const auto store = stored(fleet);
    query::Selection selection;
    selection.zone = fleet.zone;
    const query::Scope scope(store, selection);
    rhythm::MissedOptions options;
    options.now = time::instant_from_micros(fleet.end);
    options.down = spans_of(fleet.down, fleet.end);
    Answers answers;
    for (const auto& row : rhythm::missed(scope, options).rows) {
        answers.verdicts[row.id] = {std::string(rhythm::name_of(row.state)),
                                    row.rhythm.value_or(""), micros_of(row.expected_by)};
    }
    for (const auto& row : rhythm::gaps(scope, options).gaps) {
        answers.gaps[row.id].push_back(
            {time::micros(row.gap.from), micros_of(row.gap.to).value_or(fleet.end)});
    }
    return answers;
}

}  // namespace jobtally::simulator
