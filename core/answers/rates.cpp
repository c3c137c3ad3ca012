// Folds reports into counts, and writes the keys of `rates`.
#include "core/answers/rates.hpp"

#include "core/model/rate.hpp"
#include "core/query/beside.hpp"
#include "core/query/cells.hpp"
#include "core/query/definition_types.hpp"
#include "core/query/newest.hpp"

namespace jobtally::answers {

namespace {

using table::Audience;
using table::Cell;

class RatesFold {
  public:
    RatesFold(const query::Scope& scope, const query::GroupBy& by, table::Sparkline trend)
        : m_scope(scope),
          m_grouping(by, scope),
          m_counts(m_grouping.size()),
          m_status(store::FactColumn::status, m_grouping.size()),
          m_types(by, scope),
          m_trend(scope, m_grouping.size(), by.every ? table::Sparkline::none : trend) {}

    void run() {
        store::FactColumns columns =
            m_grouping.columns() | query::count_columns | m_status.columns();
        columns = columns | m_types.columns() | m_trend.columns();
        m_scope.scan(columns, [&](const store::FactBatch& batch) {
            const auto groups = m_grouping.groups_of(batch);
            query::count_batch(batch, groups, m_counts);
            m_status.take(batch, groups);
            m_types.take(batch);
            m_trend.take(batch, groups);
        });
        m_status.settle(m_scope, m_grouping);
        m_types.settle();
    }

    RatesAnswer answer() const {
        RatesAnswer answer{
            query::window_of(m_scope.selection()), m_grouping.by(), m_trend.is_wanted(), {}, {}};
        const auto holds = [&](std::size_t group) { return m_counts[group].reports() > 0; };
        for (const std::size_t group : m_grouping.in_order(holds)) {
            answer.rows.push_back({m_types.key(m_grouping, group), m_counts[group],
                                   m_trend.is_wanted() ? m_trend.success(group) : std::string(),
                                   status_text(m_status.word(group)), m_status.created_at(group)});
            answer.total.counts += m_counts[group];
        }
        if (m_trend.is_wanted()) answer.total.trend = m_trend.success_of_all();
        answer.total.last_status = status_text(m_status.word_of_all());
        answer.total.last_created_at = m_status.created_at_of_all();
        return answer;
    }

  private:
    std::optional<std::string> status_text(store::WordKey key) const {
        const std::string* word = m_scope.catalogue().word(key);
        return word ? std::optional(*word) : std::nullopt;
    }

    const query::Scope& m_scope;
    query::Grouping m_grouping;
    std::vector<query::Counts> m_counts;
    query::NewestWord m_status;
    query::DefinitionTypes m_types;
    query::TrendFold m_trend;
};

table::Row rates_cells(const RatesRow& row, std::size_t key_cells) {
    const query::Counts& counts = row.counts;
    const auto success = counts.success_rate();
    const auto interval = success.wilson();
    return query::with_figures(
        row.key, key_cells,
        {counts.reports(), counts.finished(), counts.succeeded(), counts.partial, counts.failed(),
         counts.running(), query::ratio_cell(success.value()),
         interval ? Cell{table::Ratio{interval->low}} : Cell{},
         interval ? Cell{table::Ratio{interval->high}} : Cell{}, counts.operations,
         counts.operations_succeeded, counts.operations_failed,
         query::ratio_cell(counts.operation_success_rate()),
         table::cell_or_unknown(row.last_status), table::cell_or_unknown(row.last_created_at)});
}

}  // namespace

RatesAnswer rates(const query::Scope& scope, const query::GroupBy& by, table::Sparkline trend) {
    RatesFold fold(scope, by, trend);
    fold.run();
    return fold.answer();
}

table::ResultTable rates_table(const RatesAnswer& answer) {
    table::ResultTable table;
    table.window = answer.window;
    table.columns =
        query::with_columns(query::grouping_columns(answer.by),
                            {{"reports", "reports"},
                             {"finished", "finished", Audience::machines},
                             {"succeeded", "succeeded", Audience::machines},
                             {"partial", "partial"},
                             {"failed", "failed"},
                             {"running", "running", Audience::machines},
                             {"job_success_rate", "success"},
                             {"job_success_rate_low", "at least"},
                             {"job_success_rate_high", "at most", Audience::machines},
                             {"operations", "records", Audience::machines},
                             {"operations_succeeded", "records succeeded", Audience::machines},
                             {"operations_failed", "records failed", Audience::machines},
                             {"operation_success_rate", "records ok"},
                             {"last_status", "last"},
                             {"last_created_at", "last run"}});
    const std::size_t key_cells = query::grouping_columns(answer.by).size();
    for (const auto& row : answer.rows) table.rows.push_back(rates_cells(row, key_cells));
    table.total = rates_cells(answer.total, key_cells);
    query::append_trends(table, answer);
    return table;
}

table::ResultTable rates_table(RatesAnswer now, RatesAnswer before) {
    now.has_trend = before.has_trend = false;
    const auto by = now.by;
    return query::table_beside(
        std::move(now), std::move(before), by,
        {{{"reports", "before"}, {"job_success_rate", "was"}}, "job_success_rate"},
        [](const RatesAnswer& answer) { return rates_table(answer); },
        [](const RatesRow& row, const RatesRow& was) {
            return query::rate_change(row.counts.success_rate(), was.counts.success_rate(), true);
        });
}

}  // namespace jobtally::answers
