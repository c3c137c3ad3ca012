// Folds reports into failures, and writes the keys of `failures`.
#include "core/answers/failures.hpp"

#include "core/answers/streaks.hpp"
#include "core/query/counts.hpp"
#include "core/query/latest.hpp"
#include "core/store/file/store.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::answers {

namespace {

using table::Audience;

// What one scan finds; see Grouping::fold.
struct FailuresPart {
    FailuresPart(const query::Grouping& grouping, const query::Scope& scope, table::Sparkline marks,
                 bool with_streaks)
        : counts(grouping.size()),
          failures(grouping.size()),
          successes(grouping.size(), INT64_MIN),
          streaks(static_cast<std::size_t>(scope.catalogue().max_definition()) + 1, grouping.size(),
                  scope.selection().last_created()),
          has_streaks(with_streaks),
          last_created(scope.selection().last_created()),
          trend(grouping, scope.selection(), marks) {}

    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups) {
        query::count_batch(batch, groups, counts);
        take_times(batch, groups);
        if (has_streaks) streaks.take_failures(batch, groups);
        trend.take(batch, groups);
    }
    void merge(FailuresPart&& other) {
        for (std::size_t group = 0; group < counts.size(); ++group) {
            counts[group] += other.counts[group];
            successes[group] = std::max(successes[group], other.successes[group]);
        }
        failures.merge(other.failures);
        streaks.merge(std::move(other.streaks));
        trend.merge(other.trend);
    }

    std::vector<query::Counts> counts;
    query::Latest failures;
    std::vector<std::int64_t> successes;  // created_at of the last, by group
    StreakFold streaks;
    bool has_streaks;
    std::int64_t last_created;
    query::TrendFold trend;

  private:
    void take_times(const store::FactBatch& batch, std::span<const std::int32_t> groups) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto group = static_cast<std::size_t>(groups[i]);
            if (batch.status[i] == model::Status::success) {
                if (batch.created_at[i] <= last_created)
                    successes[group] = std::max(successes[group], batch.created_at[i]);
            } else if (batch.status[i] == model::Status::failure) {
                failures.take(group, {batch.created_at[i], batch.sequence[i], 0});
            }
        }
    }
};

class FailuresFold {
  public:
    FailuresFold(const query::Scope& scope, const query::GroupBy& by, table::Sparkline trend,
                 bool has_streaks)
        : m_scope(scope),
          m_grouping(by, scope),
          m_marks(trend),
          m_part(m_grouping, scope, trend, has_streaks) {}

    void run() {
        const auto& store = m_scope.store();
        const store::ReadScope one_state(store.connection());
        const auto columns = m_part.has_streaks ? StreakFold::columns() : query::Latest::columns;
        m_part = m_grouping.fold(query::count_columns | columns | m_part.trend.columns(), [&] {
            return FailuresPart(m_grouping, m_scope, m_marks, m_part.has_streaks);
        });
        m_part.failures.settle(store);
        StreakFold& streaks = m_part.streaks;
        streaks.sort_failures(m_grouping.workers());
        if (streaks.has_failures()) {
            m_grouping.scan(StreakFold::columns(),
                            [&](std::size_t worker, const store::FactBatch& batch,
                                std::span<const std::int32_t> groups) {
                                streaks.take_successes(worker, batch, groups);
                            });
        }
        streaks.settle(store);
    }

    FailuresAnswer answer() const {
        const auto& by = m_grouping.by();
        FailuresAnswer answer{
            query::window_of(m_scope.selection()), by, m_part.trend.is_wanted(), {}, {}};
        FailuresRow& total = answer.total;
        Recoveries recoveries;
        std::vector<store::Sequence> last_failures;
        const auto holds = [&](std::size_t group) { return m_part.counts[group].reports() > 0; };
        for (const std::size_t group : m_grouping.in_order(holds)) {
            answer.rows.push_back(row(group));
            last_failures.push_back(m_part.failures.of(group).sequence);
            total.counts += m_part.counts[group];
            recoveries.count += m_part.streaks.recoveries(group).count;
            recoveries.known += m_part.streaks.recoveries(group).known;
            recoveries.micros += m_part.streaks.recoveries(group).micros;
        }
        total.trend = m_part.trend.failures_of_all();
        put_times(total, m_part.failures.of_all(),
                  *std::max_element(m_part.successes.begin(), m_part.successes.end()));
        put_recoveries(total, recoveries);
        last_failures.push_back(m_part.failures.of_all().sequence);
        put_last_ids(answer, std::move(last_failures));
        if (!by.every) put_worst_first(answer.rows);
        return answer;
    }

  private:
    FailuresRow row(std::size_t group) const {
        FailuresRow row;
        row.key = m_grouping.key(group);
        row.counts = m_part.counts[group];
        row.trend = m_part.trend.failures(group);
        if (m_part.has_streaks && m_grouping.by().is_definition()) {
            const StreakFigures& streak = m_part.streaks.streak(group);
            row.streak = streak.current;
            row.longest_streak = streak.longest;
            if (streak.current > 0)
                row.failing_since = time::instant_from_micros(streak.failing_since);
        }
        put_times(row, m_part.failures.of(group), m_part.successes[group]);
        put_recoveries(row, m_part.streaks.recoveries(group));
        return row;
    }

    static void put_times(FailuresRow& row, const query::Latest::Report& failure,
                          std::int64_t success) {
        row.last_failure_at = failure.at();
        if (success != INT64_MIN) row.last_success_at = time::instant_from_micros(success);
    }

    static void put_recoveries(FailuresRow& row, const Recoveries& recoveries) {
        row.recoveries = recoveries.count;
        row.mean_recovery = query::mean_duration(recoveries.micros, recoveries.known);
    }

    void put_last_ids(FailuresAnswer& answer, std::vector<store::Sequence> last_failures) const {
        std::erase(last_failures, 0);
        const auto ids = store::read_ids(m_scope.store(), last_failures);
        auto id = ids.begin();
        for (FailuresRow& row : answer.rows) {
            if (row.last_failure_at) row.last_failure_id = *id++;
        }
        if (answer.total.last_failure_at) answer.total.last_failure_id = *id;
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
    table::Sparkline m_marks;
    FailuresPart m_part;
};

query::Figures<FailuresRow> failure_figures() {
    query::Figures<FailuresRow> figures;
    figures.columns = {{"finished", "finished"},
                       {"failed", "failed"},
                       {"failure_rate", "failure"},
                       {.key = "partial", .title = "partial", .gives_way = 6},
                       {"empty", "empty", Audience::machines},
                       {"operations_failed", "records failed", Audience::machines},
                       {"operation_failure_rate", "records", Audience::machines},
                       {"streak", "streak"},
                       {"longest_streak", "longest", Audience::machines},
                       {.key = "failing_since", .title = "failing since", .gives_way = 4},
                       {.key = "last_failure_at", .title = "last failure", .gives_way = 5},
                       {"last_failure_id", "last failed report", Audience::machines},
                       {"last_success_at", "last success", Audience::machines},
                       {"recoveries", "recoveries", Audience::machines},
                       {.key = "mean_recovery_seconds", .title = "recovery", .gives_way = 7}};
    figures.cells = [](const FailuresRow& row) -> table::Row {
        const query::Counts& counts = row.counts;
        return {counts.finished(),
                counts.failed(),
                table::ratio_cell(counts.failure_rate().value()),
                counts.partial,
                counts.empty,
                query::sum_cell(counts.operations_failed),
                table::ratio_cell(counts.operation_failure_rate()),
                table::cell_or_unknown(row.streak),
                table::cell_or_unknown(row.longest_streak),
                table::cell_or_unknown(row.failing_since),
                table::cell_or_unknown(row.last_failure_at),
                table::cell_or_unknown(row.last_failure_id),
                table::cell_or_unknown(row.last_success_at),
                row.recoveries,
                table::cell_or_unknown(row.mean_recovery)};
    };
    figures.shown_before = {{"failed", "failed before"}, {"failure_rate", "was"}};
    figures.changing = "failure_rate";
    figures.change = [](const FailuresRow& now, const FailuresRow& before) {
        return query::rate_change(now.counts.failure_rate(), before.counts.failure_rate(), false);
    };
    return figures;
}

}  // namespace

FailuresAnswer failures(const query::Scope& scope, const query::GroupBy& by,
                        table::Sparkline trend) {
    FailuresFold fold(scope, by, trend, true);
    fold.run();
    return fold.answer();
}

FailuresAnswer failures_without_streaks(const query::Scope& scope) {
    FailuresFold fold(scope, {}, table::Sparkline::none, false);
    fold.run();
    return fold.answer();
}

table::ResultTable failures_table(const FailuresAnswer& answer) {
    return query::group_table(answer, failure_figures());
}

table::ResultTable failures_table(FailuresAnswer now, FailuresAnswer before) {
    return query::group_table(std::move(now), std::move(before), failure_figures());
}

}  // namespace jobtally::answers
