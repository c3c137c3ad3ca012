// Reads the window whole, and as little as will do of what came before it.
#include "core/judge/run_history.hpp"

#include "core/query/id_order.hpp"

#include <algorithm>

namespace jobtally::judge {

namespace {

constexpr std::int64_t a_day = 24LL * 3600 * 1'000'000;
// Beginnings of the steps back, before the window.
constexpr std::int64_t steps[] = {8 * a_day, 35 * a_day, history_micros};

std::int64_t micros_before(std::int64_t at, std::int64_t length) {
    const std::int64_t least = time::micros(time::earliest);
    return at < least + length ? least : at - length;
}

std::int64_t time_at(const store::FactBatch& batch, std::size_t i, store::At at) {
    return query::times_of(batch, at)[i];
}

bool is_within(const time::TimeSpan& span, std::int64_t at) {
    if (at == store::unknown_value) return !span.since && !span.until;
    return span.contains(time::instant_from_micros(at));
}

}  // namespace

Run run_at(const store::FactBatch& batch, std::size_t i) {
    return {batch.created_at[i], batch.updated_at[i], batch.operations[i],
            batch.sequence[i],   batch.status[i],     false};
}

void sort_runs(std::vector<Run>& runs, const store::Store& store) {
    query::sort_by_place_and_id(
        runs, store, [](const Run& run) { return run.created_at; },
        [](const Run& run) { return run.sequence; });
}

RunHistory::RunHistory(const query::Scope& scope)
    : m_runs(static_cast<std::size_t>(scope.catalogue().max_definition()) + 1),
      m_in_window(m_runs.size()) {
    read_window(scope);
    if (m_definitions.empty()) return;
    if (scope.selection().span.since) read_before(scope);
    put_in_order(scope);
}

void RunHistory::read_window(const query::Scope& scope) {
    scope.scan(run_columns, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (!model::is_finished(batch.status[i])) continue;
            const auto definition = static_cast<std::size_t>(batch.definition[i]);
            m_runs[definition].push_back(run_at(batch, i));
            m_runs[definition].back().in_window = true;
            m_first = std::min(m_first, batch.created_at[i]);
            m_last = std::max(m_last, batch.created_at[i]);
        }
    });
    for (std::size_t definition = 0; definition < m_runs.size(); ++definition) {
        m_in_window[definition] = m_runs[definition].size();
        if (!m_runs[definition].empty()) m_definitions.push_back(definition);
    }
}

void RunHistory::read_before(const query::Scope& scope) {
    const auto& selection = scope.selection();
    const bool by_created = selection.at == store::At::created;
    // By another time the window's runs may have been created at any time, among others.
    std::int64_t top = by_created ? time::micros(*selection.span.since) : m_last + 1;
    const std::int64_t begin = by_created ? top : m_first;
    for (const std::int64_t step : steps) {
        const auto wanted = definitions_that([&](std::size_t definition) {
            return runs_before(definition) < history_runs || has_open_streak(definition);
        });
        if (wanted.empty()) return;
        const std::int64_t bottom = micros_before(begin, step);
        read_span(scope, {time::instant_from_micros(bottom), time::instant_from_micros(top)},
                  wanted);
        top = bottom;
    }
    const auto wanted =
        definitions_that([&](std::size_t definition) { return has_open_streak(definition); });
    if (!wanted.empty()) read_span(scope, {std::nullopt, time::instant_from_micros(top)}, wanted);
}

template <class Holds>
std::vector<std::uint8_t> RunHistory::definitions_that(Holds holds) const {
    std::vector<std::uint8_t> flags;
    for (const std::size_t definition : m_definitions) {
        if (!holds(definition)) continue;
        flags.resize(m_runs.size());
        flags[definition] = 1;
    }
    return flags;
}

// True where all that is known from before the window are failures, or nothing, and the window has
// failures: a streak may reach further back.
bool RunHistory::has_open_streak(std::size_t definition) const {
    const auto& runs = m_runs[definition];
    const auto decided = [](const Run& run) { return run.succeeded() && !run.in_window; };
    return std::any_of(runs.begin(), runs.end(), [](const Run& run) { return !run.succeeded(); }) &&
           std::none_of(runs.begin(), runs.end(), decided);
}

void RunHistory::read_span(const query::Scope& scope, const time::TimeSpan& span,
                           const std::vector<std::uint8_t>& wanted) {
    const auto& selection = scope.selection();
    const bool by_created = selection.at == store::At::created;
    const auto columns = run_columns | query::column_of(selection.at);
    scope.scan(columns, span, store::At::created, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto definition = static_cast<std::size_t>(batch.definition[i]);
            if (!wanted[definition] || !model::is_finished(batch.status[i])) continue;
            if (!by_created && is_within(selection.span, time_at(batch, i, selection.at))) continue;
            m_runs[definition].push_back(run_at(batch, i));
        }
    });
}

void RunHistory::put_in_order(const query::Scope& scope) {
    for (const std::size_t definition : m_definitions) {
        auto& runs = m_runs[definition];
        sort_runs(runs, scope.store());
        // By another time than created_at runs of a later window may stand behind.
        while (!runs.back().in_window) runs.pop_back();
    }
}

}  // namespace jobtally::judge
