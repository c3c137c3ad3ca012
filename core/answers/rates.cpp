// Folds reports into counts, and writes the keys of `rates`.
#include "core/answers/rates.hpp"

#include "core/query/counts.hpp"
#include "core/query/latest.hpp"

namespace jobtally::answers {

namespace {

using table::Audience;
using table::Cell;

std::optional<std::string> text_of(const store::Catalogue& catalogue, store::WordKey key) {
    const std::string* word = catalogue.word(key);
    return word ? std::optional(*word) : std::nullopt;
}

struct RatesFold {
    RatesFold(const query::Grouping& grouping, const query::Selection& selection,
              table::Sparkline marks)
        : counts(grouping.size()), latest(grouping.size()), trend(grouping, selection, marks) {}

    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups) {
        query::count_batch(batch, groups, counts);
        latest.take(batch, groups, batch.status_word);
        trend.take(batch, groups);
    }
    void merge(const RatesFold& other) {
        for (std::size_t group = 0; group < counts.size(); ++group)
            counts[group] += other.counts[group];
        latest.merge(other.latest);
        trend.merge(other.trend);
    }

    std::vector<query::Counts> counts;
    query::Latest latest;
    query::TrendFold trend;
};

// The error budget is what may fail: finished x (1 - objective).
void add_objectives(query::Figures<RatesRow>& figures) {
    figures.columns.insert(figures.columns.end(),
                           {{.key = "objective", .title = "objective", .gives_way = 2},
                            {.key = "allowed_failed", .title = "may fail", .gives_way = 2},
                            {"budget_used", "budget used"}});
    figures.cells = [cells = figures.cells](const RatesRow& row) {
        auto all = cells(row);
        std::optional<double> allowed, used;
        if (row.objective) {
            allowed = static_cast<double>(row.counts.finished()) * (1 - *row.objective);
            if (*allowed > 0) used = static_cast<double>(row.counts.failed()) / *allowed;
        }
        all.push_back(table::ratio_cell(row.objective));
        all.push_back(allowed ? Cell{table::Number{*allowed}} : Cell{});
        all.push_back(table::ratio_cell(used));
        return all;
    };
}

query::Figures<RatesRow> rate_figures(bool has_objectives) {
    query::Figures<RatesRow> figures;
    figures.columns = {{"reports", "reports"},
                       {"finished", "finished", Audience::machines},
                       {"succeeded", "succeeded", Audience::machines},
                       {.key = "partial", .title = "partial", .gives_way = 5},
                       {"failed", "failed"},
                       {"running", "running", Audience::machines},
                       {"job_success_rate", "success"},
                       {.key = "job_success_rate_low", .title = "at least", .gives_way = 6},
                       {"job_success_rate_high", "at most", Audience::machines},
                       {"operations", "records", Audience::machines},
                       {"operations_succeeded", "records succeeded", Audience::machines},
                       {"operations_failed", "records failed", Audience::machines},
                       {.key = "operation_success_rate", .title = "records ok", .gives_way = 3},
                       {.key = "last_status", .title = "last", .gives_way = 4},
                       {.key = "last_created_at", .title = "last run", .gives_way = 8}};
    figures.cells = [](const RatesRow& row) -> table::Row {
        const query::Counts& counts = row.counts;
        const auto interval = counts.success_rate().wilson();
        return {counts.reports(),
                counts.finished(),
                counts.succeeded(),
                counts.partial,
                counts.failed(),
                counts.running(),
                table::ratio_cell(counts.success_rate().value()),
                interval ? Cell{table::Ratio{interval->low}} : Cell{},
                interval ? Cell{table::Ratio{interval->high}} : Cell{},
                query::sum_cell(counts.operations),
                query::sum_cell(counts.operations_succeeded),
                query::sum_cell(counts.operations_failed),
                table::ratio_cell(counts.operation_success_rate()),
                table::cell_or_unknown(row.last_status),
                table::cell_or_unknown(row.last_created_at)};
    };
    figures.shown_before = {{"reports", "before"}, {"job_success_rate", "was"}};
    figures.changing = "job_success_rate";
    figures.change = [](const RatesRow& now, const RatesRow& before) {
        return query::rate_change(now.counts.success_rate(), before.counts.success_rate(), true);
    };
    if (has_objectives) add_objectives(figures);
    return figures;
}

}  // namespace

RatesAnswer rates(const query::Scope& scope, const query::GroupBy& by, table::Sparkline marks) {
    query::Grouping grouping(by, scope);
    auto fold = grouping.fold(query::count_columns | query::Latest::columns |
                                  query::TrendFold(grouping, scope.selection(), marks).columns(),
                              [&] { return RatesFold(grouping, scope.selection(), marks); });
    const auto& counts = fold.counts;
    const auto& trend = fold.trend;
    auto& latest = fold.latest;
    latest.settle(scope.store());

    RatesAnswer answer{query::window_of(scope.selection()), by, trend.is_wanted(), {}, {}};
    const auto put_latest = [&](RatesRow& row, const query::Latest::Report& report) {
        row.last_status = text_of(scope.catalogue(), report.word);
        row.last_created_at = report.at();
    };
    const auto holds = [&](std::size_t group) { return counts[group].reports() > 0; };
    for (const std::size_t group : grouping.in_order(holds)) {
        RatesRow row{grouping.key(group), counts[group], trend.success(group), {}, {}};
        put_latest(row, latest.of(group));
        answer.rows.push_back(std::move(row));
        answer.total.counts += counts[group];
    }
    answer.total.trend = trend.success_of_all();
    put_latest(answer.total, latest.of_all());
    return answer;
}

table::ResultTable rates_table(const RatesAnswer& answer, bool has_objectives) {
    return query::group_table(answer, rate_figures(has_objectives));
}

table::ResultTable rates_table(RatesAnswer now, RatesAnswer before, bool has_objectives) {
    return query::group_table(std::move(now), std::move(before), rate_figures(has_objectives));
}

}  // namespace jobtally::answers
