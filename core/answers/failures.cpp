// Folds reports into failures, and writes the keys of `failures`.
#include "core/answers/failures.hpp"

#include "core/answers/end_times.hpp"
#include "core/answers/streaks.hpp"
#include "core/query/beside.hpp"
#include "core/query/cells.hpp"
#include "core/query/definition_types.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::answers {

namespace {

using table::Audience;
using table::Cell;

class FailuresFold {
  public:
    FailuresFold(const query::Scope& scope, const query::GroupBy& by, table::Sparkline trend)
        : m_scope(scope),
          m_grouping(by, scope),
          m_by_definition(by.is_definition()),
          m_counts(m_grouping.size()),
          m_times(m_grouping.size()),
          m_streaks(static_cast<std::size_t>(scope.catalogue().max_definition()) + 1,
                    m_grouping.size()),
          m_types(by, scope),
          m_trend(scope, m_grouping.size(), by.every ? table::Sparkline::none : trend) {}

    void run() {
        store::FactColumns columns =
            m_grouping.columns() | query::count_columns | StreakFold::columns();
        columns = columns | m_types.columns() | m_trend.columns();
        m_scope.scan(columns, [&](const store::FactBatch& batch) {
            const auto groups = m_grouping.groups_of(batch);
            query::count_batch(batch, groups, m_counts);
            m_times.take(batch, groups);
            m_streaks.take(batch, groups);
            m_types.take(batch);
            m_trend.take(batch, groups);
        });
        m_times.settle(m_scope.store());
        m_streaks.settle(m_scope.store());
        m_types.settle();
    }

    FailuresAnswer answer() const {
        FailuresAnswer answer{
            query::window_of(m_scope.selection()), m_grouping.by(), m_trend.is_wanted(), {}, {}};
        Recoveries all;
        const auto holds = [&](std::size_t group) { return m_counts[group].reports() > 0; };
        for (const std::size_t group : m_grouping.in_order(holds)) {
            answer.rows.push_back(row(group));
            answer.total.counts += m_counts[group];
            all.count += m_streaks.recoveries(group).count;
            all.micros += m_streaks.recoveries(group).micros;
        }
        if (m_trend.is_wanted()) answer.total.trend = m_trend.failures_of_all();
        put_times(answer.total, m_times.of_all());
        put_recoveries(answer.total, all);
        if (!answer.by.every) put_worst_first(answer.rows);
        return answer;
    }

  private:
    static void put_times(FailuresRow& row, const EndTimes& times) {
        row.last_failure_at = times.last_failure_at;
        row.last_failure_id = times.last_failure_id;
        row.last_success_at = times.last_success_at;
    }

    static void put_recoveries(FailuresRow& row, const Recoveries& recoveries) {
        row.recoveries = recoveries.count;
        row.mean_recovery = query::mean_duration(recoveries.micros, recoveries.count);
    }

    FailuresRow row(std::size_t group) const {
        FailuresRow row;
        row.key = m_types.key(m_grouping, group);
        row.counts = m_counts[group];
        if (m_trend.is_wanted()) row.trend = m_trend.failures(group);
        if (m_by_definition) {
            const Streak& streak = m_streaks.streak(group);
            row.streak = streak.current;
            row.longest_streak = streak.longest;
            if (streak.current > 0)
                row.failing_since = time::instant_from_micros(streak.failing_since);
        }
        put_times(row, m_times.of(group));
        put_recoveries(row, m_streaks.recoveries(group));
        return row;
    }

    // The rows come in their natural order, by name, which decides where nothing else does.
    static void put_worst_first(std::vector<FailuresRow>& rows) {
        const auto badness = [](const FailuresRow& row) {
            const auto interval = row.counts.failure_rate().wilson();
            const double known = row.counts.failed() == 0 ? 0.0 : interval->low;  // 0 to the bit
            return std::pair(interval ? known : -1.0, row.counts.failed());
        };
        std::stable_sort(rows.begin(), rows.end(), [&](const FailuresRow& a, const FailuresRow& b) {
            return badness(a) > badness(b);
        });
    }

    const query::Scope& m_scope;
    query::Grouping m_grouping;
    bool m_by_definition;
    std::vector<query::Counts> m_counts;
    EndTimesFold m_times;
    StreakFold m_streaks;
    query::DefinitionTypes m_types;
    query::TrendFold m_trend;
};

table::Row failures_cells(const FailuresRow& row, std::size_t key_cells) {
    const query::Counts& counts = row.counts;
    return query::with_figures(
        row.key, key_cells,
        {counts.finished(), counts.failed(), query::ratio_cell(counts.failure_rate().value()),
         counts.partial, counts.empty, counts.operations_failed,
         query::ratio_cell(counts.operation_failure_rate()), table::cell_or_unknown(row.streak),
         table::cell_or_unknown(row.longest_streak), table::cell_or_unknown(row.failing_since),
         table::cell_or_unknown(row.last_failure_at), table::cell_or_unknown(row.last_failure_id),
         table::cell_or_unknown(row.last_success_at), row.recoveries,
         table::cell_or_unknown(row.mean_recovery)});
}

}  // namespace

FailuresAnswer failures(const query::Scope& scope, const query::GroupBy& by,
                        table::Sparkline trend) {
    FailuresFold fold(scope, by, trend);
    fold.run();
    return fold.answer();
}

table::ResultTable failures_table(const FailuresAnswer& answer) {
    table::ResultTable table;
    table.window = answer.window;
    table.columns =
        query::with_columns(query::grouping_columns(answer.by),
                            {{"finished", "finished"},
                             {"failed", "failed"},
                             {"failure_rate", "failure"},
                             {"partial", "partial"},
                             {"empty", "empty", Audience::machines},
                             {"operations_failed", "records failed", Audience::machines},
                             {"operation_failure_rate", "records", Audience::machines},
                             {"streak", "streak"},
                             {"longest_streak", "longest", Audience::machines},
                             {"failing_since", "failing since"},
                             {"last_failure_at", "last failure"},
                             {"last_failure_id", "last failed report", Audience::machines},
                             {"last_success_at", "last success", Audience::machines},
                             {"recoveries", "recoveries", Audience::machines},
                             {"mean_recovery_seconds", "recovery"}});
    const std::size_t key_cells = query::grouping_columns(answer.by).size();
    for (const auto& row : answer.rows) table.rows.push_back(failures_cells(row, key_cells));
    table.total = failures_cells(answer.total, key_cells);
    query::append_trends(table, answer);
    return table;
}

table::ResultTable failures_table(FailuresAnswer now, FailuresAnswer before) {
    now.has_trend = before.has_trend = false;
    const auto by = now.by;
    return query::table_beside(
        std::move(now), std::move(before), by,
        {{{"failed", "failed before"}, {"failure_rate", "was"}}, "failure_rate"},
        [](const FailuresAnswer& answer) { return failures_table(answer); },
        [](const FailuresRow& row, const FailuresRow& was) {
            return query::rate_change(row.counts.failure_rate(), was.counts.failure_rate(), false);
        });
}

}  // namespace jobtally::answers
