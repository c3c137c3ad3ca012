// Three ways to read runs: the newest ones, those around the window, and all of one definition.
#include "core/query/run_history.hpp"

#include "core/base/parallel.hpp"
#include "core/query/mail_times.hpp"
#include "core/query/newest_fold.hpp"
#include "core/query/runs_by_definition.hpp"
#include "core/store/reports/replaced.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace jobtally::query {

namespace {

using store::FactBatch;
using store::FactColumn;

constexpr std::int64_t a_day = 24LL * 3600 * 1'000'000;
constexpr store::FactColumns run_columns = FactColumn::sequence | FactColumn::definition |
                                           FactColumn::status | FactColumn::created_at |
                                           FactColumn::updated_at | FactColumn::operations;

Run run_at(const FactBatch& batch, std::size_t i) {
    return {batch.created_at[i],
            batch.updated_at[i],
            batch.operations[i],
            batch.failed[i],
            batch.sequence[i],
            batch.status[i],
            false,
            false,
            false};
}

std::int64_t micros_before(std::int64_t at, std::int64_t length) {
    const std::int64_t least = time::micros(time::earliest);
    return at < least + length ? least : at - length;
}

}  // namespace

RunHistory::RunHistory(const Scope& scope)
    : m_found(static_cast<std::size_t>(scope.catalogue().max_definition()) + 1) {}

void RunHistory::list_definitions() {
    for (std::size_t definition = 0; definition < m_found.size(); ++definition) {
        if (!m_found[definition].runs.empty()) m_definitions.push_back(definition);
    }
}

std::span<const Run> RunHistory::as_told(std::size_t definition) const {
    const auto told = m_as_told.find(definition);
    return told == m_as_told.end() ? of(definition) : told->second;
}

RunHistory RunHistory::newest(const Scope& scope, time::Instant now, std::size_t most,
                              std::optional<time::Instant> known_at) {
    RunHistory history(scope);
    const std::size_t definitions = history.m_found.size();
    const auto was_known =
        known_at ? store::read_known_before(scope.store(), *known_at) : NewestFold::Sequences{};
    std::vector<NewestFold> folds(workers_for(definitions),
                                  NewestFold(definitions, now, most, known_at, was_known));
    scope.scan(
        folds[0].columns(), folds.size(),
        [&](std::size_t worker, const FactBatch& batch) { folds[worker].take(batch); },
        [&](std::size_t worker, const FactBatch& batch, const store::LastTimes& last) {
            return folds[worker].wants_more(batch, last.created_at);
        });
    constexpr std::size_t part = 64;  // definitions that a thread takes at a time
    for_parts(definitions, part, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            folds[0].finish(i, std::span(folds).subspan(1), history.m_found[i]);
        }
    });
    history.list_definitions();
    return history;
}

// Reads the window, then goes back from it in growing steps until each definition has what it
// needs.
class RunHistory::WindowReader {
    using Wanted = std::vector<std::uint8_t>;  // a flag a definition; empty: none is

  public:
    WindowReader(const Scope& scope, Reach reach, const Scope* late, RunHistory& history)
        : m_scope(scope),
          m_reach(reach),
          m_late(late),
          m_last_created(scope.selection().last_created()),
          m_last_created_before(scope.selection().last_created_before()),
          m_history(history),
          m_found(history.m_found) {
        const auto& span = scope.selection().span;
        if (span.since) m_since = time::micros(*span.since);
        if (span.until) m_until = time::micros(*span.until);
        m_mails = MailTimes(m_since, std::min(m_until, m_last_created), scope.selection().zone);
    }

    void read() {
        const auto& selection = m_scope.selection();
        if (selection.span.since)
            m_failing = store::read_failing_at(m_scope.store(), *selection.span.since);
        m_scope.scan(window_columns(), [&](const FactBatch& batch) {
            for (std::size_t i = 0; i < batch.size; ++i) take_told(batch, i, true);
        });
        if (m_late != nullptr) {
            m_late->scan(window_columns(), [&](const FactBatch& batch) {
                for (std::size_t i = 0; i < batch.size; ++i) take_told(batch, i, false);
            });
            read_no_longer_ahead();
        }
        if (selection.span.since) read_before();
        m_history.list_definitions();
        put_in_order();
    }

  private:
    store::FactColumns window_columns() const {
        return run_columns | FactColumn::received_at | column_of(m_scope.selection().at);
    }

    void take_told(const FactBatch& batch, std::size_t i, bool in_window) {
        if (!is_run(batch, i)) return;
        FoundRuns& found = m_found[static_cast<std::size_t>(batch.definition[i])];
        found.runs.push_back(known_run(batch, i));
        Run& run = found.runs.back();
        run.in_window = in_window;
        run.is_news = !was_known(batch, i);
        run.had_failed = m_failing.contains(batch.sequence[i]);
        if (!in_window) m_not_before.insert(batch.sequence[i]);
        ++found.reports;
        m_first = std::min(m_first, batch.created_at[i]);
        m_last = std::max(m_last, batch.created_at[i]);
    }

    // Those that came before the window, when their created_at was ahead. What ends just after the
    // window is left to the next one.
    void read_no_longer_ahead() {
        if (m_last_created_before == m_last_created) return;
        const time::TimeSpan span{time::instant_from_micros(m_last_created_before + 1),
                                  time::instant_from_micros(m_last_created + 1)};
        m_scope.scan(
            window_columns(), span, store::WhichTime::created, [&](const FactBatch& batch) {
                const auto& times = times_of(batch, m_scope.selection().at);
                for (std::size_t i = 0; i < batch.size; ++i) {
                    const bool is_told_elsewhere = holds(times[i]) ||
                                                   is_within(times[i], m_last_created) ||
                                                   m_not_before.contains(batch.sequence[i]);
                    const bool is_run = model::is_finished(batch.status[i]);
                    if (is_run && batch.received_at[i] < m_since && !is_told_elsewhere)
                        take_told(batch, i, false);
                }
            });
    }

    // Whether who asked when the window began knew of it: it had come, its created_at was not
    // ahead, and it was not left to this window.
    bool was_known(const FactBatch& batch, std::size_t i) const {
        return batch.received_at[i] < m_since && batch.created_at[i] <= m_last_created_before &&
               !is_within(times_of(batch, m_scope.selection().at)[i], m_last_created_before);
    }

    bool is_within(std::int64_t micros, std::int64_t last) const {
        return micros >= m_since && micros <= last;
    }

    // An end in the future has a wrong clock and is unknown.
    Run known_run(const FactBatch& batch, std::size_t i) const {
        Run run = run_at(batch, i);
        if (run.updated_at > m_last_created) run.updated_at = store::unknown_value;
        return run;
    }

    // Whether it has finished, and is not of the future. One that has not, and was told as failed,
    // is kept as what it was.
    bool is_run(const FactBatch& batch, std::size_t i) {
        if (batch.created_at[i] > m_last_created) return false;
        if (model::is_finished(batch.status[i])) return true;
        const auto failing = m_failing.find(batch.sequence[i]);
        if (failing == m_failing.end()) return false;
        const std::lock_guard lock(m_of_told);
        const bool may_be_told = failing->second < m_mails.last(batch.received_at[i]);
        if (!may_be_told) return false;
        Run run = run_at(batch, i);
        run.status = model::Status::failure;
        m_history.m_as_told[static_cast<std::size_t>(batch.definition[i])].push_back(run);
        return false;
    }

    void read_before() {
        const auto& selection = m_scope.selection();
        const bool by_created = selection.at == store::WhichTime::created;
        // If the window is by another time, its runs may have been created at any time, and runs
        // outside of it between them or later.
        std::int64_t top = time::micros(*selection.span.since);
        const std::int64_t begin = std::min(m_first, top);
        const bool is_last_known = m_last_created != INT64_MAX;
        if (!by_created) top = std::max((is_last_known ? m_last_created : m_last) + 1, top);
        for (const std::int64_t step : {8 * a_day, 35 * a_day, m_reach.micros}) {
            const auto wanted = definitions_that([&](const FoundRuns& found) {
                const auto before = found.runs.size() - static_cast<std::size_t>(found.reports);
                return before < m_reach.runs || has_open_streak(found);
            });
            if (wanted.empty()) return;
            const std::int64_t bottom = micros_before(begin, step);
            read_span({time::instant_from_micros(bottom), time::instant_from_micros(top)}, wanted);
            top = bottom;
        }
        const auto wanted =
            definitions_that([&](const FoundRuns& found) { return has_open_streak(found); });
        if (!wanted.empty()) read_span({std::nullopt, time::instant_from_micros(top)}, wanted);
    }

    template <class Holds>
    Wanted definitions_that(Holds holds) const {
        Wanted wanted;
        for (std::size_t definition = 0; definition < m_found.size(); ++definition) {
            if (!holds(m_found[definition])) continue;
            wanted.resize(m_found.size());
            wanted[definition] = 1;
        }
        return wanted;
    }

    // True where all that is known from before the window are failures, or nothing, and one failed
    // that ran in it or lately: a streak may reach further back. So may one of the jobs without a
    // definition, whichever of them succeeded.
    bool has_open_streak(const FoundRuns& found) const {
        const std::int64_t lately = micros_before(m_since, 35 * a_day);
        const auto failed = [&](const Run& run) {
            return !run.succeeded() && (found.reports > 0 || run.created_at >= lately);
        };
        const auto decides = [](const Run& run) { return run.succeeded() && !run.is_news; };
        return std::any_of(found.runs.begin(), found.runs.end(), failed) &&
               (&found == &m_found.front() ||
                std::none_of(found.runs.begin(), found.runs.end(), decides));
    }

    void read_span(const time::TimeSpan& span, const Wanted& wanted) {
        std::vector<RunsByDefinition> found(workers_for(m_found.size()),
                                            RunsByDefinition(m_found.size()));
        m_scope.scan(window_columns(), span, store::WhichTime::created, found.size(),
                     [&](std::size_t worker, const FactBatch& batch) {
                         take_before(batch, wanted, found[worker]);
                     });
        add_found(m_found, std::move(found));
    }

    void take_before(const FactBatch& batch, const Wanted& wanted, RunsByDefinition& found) {
        const auto& times = times_of(batch, m_scope.selection().at);
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto definition = static_cast<std::size_t>(batch.definition[i]);
            if (!wanted[definition]) continue;
            // All but what lies before the window is there already, or came too late for it; what
            // came before its end, and lies after it, has a wrong clock.
            const bool is_before = times[i] < m_since;
            const bool was_there = batch.received_at[i] < m_until && !holds(times[i]) &&
                                   !is_within(times[i], m_last_created);
            if (m_not_before.contains(batch.sequence[i]) || !(is_before || was_there)) continue;
            if (is_run(batch, i)) found[definition].push_back(known_run(batch, i));
        }
    }

    bool holds(std::int64_t micros) const {
        return m_scope.selection().span.contains(time::instant_from_micros(micros));
    }

    void put_in_order() {
        query::put_in_order(m_found, m_scope.store());
        for (auto& [definition, told] : m_history.m_as_told) {
            const auto& runs = m_found[definition].runs;
            told.insert(told.end(), runs.begin(), runs.end());
            sort_by_time_and_id(told, m_scope.store());
        }
    }

    const Scope& m_scope;
    Reach m_reach;
    const Scope* m_late;
    std::int64_t m_last_created, m_last_created_before;
    std::int64_t m_since = INT64_MIN, m_until = INT64_MAX;
    MailTimes m_mails{INT64_MIN, INT64_MAX, {}};
    RunHistory& m_history;
    std::vector<FoundRuns>& m_found;
    std::int64_t m_first = INT64_MAX;  // created_at of the window's runs
    std::int64_t m_last = INT64_MIN;
    std::unordered_set<store::Sequence> m_not_before;
    std::unordered_map<store::Sequence, std::int64_t> m_failing;
    std::mutex m_of_told;  // of what the history has as told, and of the mails
};

RunHistory RunHistory::around_window(const Scope& scope, Reach reach, const Scope* late) {
    RunHistory history(scope);
    WindowReader(scope, reach, late, history).read();
    return history;
}

std::vector<Run> runs_of(const Scope& scope, store::DefinitionKey definition) {
    std::vector<Run> runs;
    scope.scan(run_columns, [&](const FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.definition[i] == definition) runs.push_back(run_at(batch, i));
        }
    });
    sort_by_time_and_id(runs, scope.store());
    return runs;
}

}  // namespace jobtally::query
