// Collects durations by group, and writes the keys of `durations`.
#include "core/answers/durations.hpp"

#include "core/answers/rank_test.hpp"
#include "core/base/big_array.hpp"
#include "core/query/chunks.hpp"
#include "core/query/sums.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace jobtally::answers {

namespace {

using store::FactColumn;
using table::Audience;
using table::Cell;

struct DurationSums {
    std::int64_t reports = 0;
    std::int64_t clock_errors = 0;
    query::Wide operations = 0;  // of the durations with known operations
    query::Wide operation_micros = 0;

    DurationSums& operator+=(const DurationSums& other) {
        reports += other.reports;
        clock_errors += other.clock_errors;
        operations += other.operations;
        operation_micros += other.operation_micros;
        return *this;
    }
};

class DurationsFold {
  public:
    DurationsFold(const query::Scope& scope, const query::GroupBy& by,
                  const DurationsOptions& options)
        : m_scope(scope), m_options(options), m_grouping(by, scope), m_sums(m_grouping.size()) {}

    void run() {
        m_grouping.scan(FactColumn::status | FactColumn::created_at | FactColumn::updated_at |
                            FactColumn::operations,
                        [&](const store::FactBatch& batch, std::span<const std::int32_t> groups) {
                            take(batch, groups);
                        });
        sort_into_groups();
    }

    DurationsAnswer answer() {
        DurationsAnswer answer;
        answer.window = query::window_of(m_scope.selection());
        answer.by = m_grouping.by();
        answer.options = m_options;
        if (m_options.histogram != table::Sparkline::none && m_micros.size() > 0) {
            const auto micros = m_micros.values();
            const auto [least, greatest] = std::minmax_element(micros.begin(), micros.end());
            m_bounds = query::HistogramBounds(*least, *greatest, m_options.buckets);
        }
        DurationSums all;
        const auto holds = [&](std::size_t group) { return m_sums[group].reports > 0; };
        for (const std::size_t group : m_grouping.in_order(holds)) {
            answer.rows.push_back(row(m_sums[group], values_of(group)));
            answer.rows.back().key = m_grouping.key(group);
            all += m_sums[group];
        }
        answer.total = row(all, m_micros.values());
        return answer;
    }

  private:
    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups) {
        Value* const values = m_unsorted.room(batch.size);
        std::size_t count = 0;
        for (std::size_t i = 0; i < batch.size; ++i) {
            DurationSums& sums = m_sums[static_cast<std::size_t>(groups[i])];
            ++sums.reports;
            const std::int64_t updated = batch.updated_at[i];
            if (!model::is_finished(batch.status[i]) || updated == store::unknown_value) continue;
            const std::int64_t micros = updated - batch.created_at[i];
            if (micros < 0) {
                ++sums.clock_errors;
                continue;
            }
            values[count++] = {micros, groups[i]};
            if (batch.operations[i] >= 0) {
                sums.operations += batch.operations[i];
                sums.operation_micros += micros;
            }
        }
        m_unsorted.kept(count);
    }

    void sort_into_groups() {
        m_begin.assign(m_sums.size() + 1, 0);
        m_unsorted.for_each(
            [&](const Value& value) { ++m_begin[static_cast<std::size_t>(value.group) + 1]; });
        for (std::size_t i = 1; i < m_begin.size(); ++i) m_begin[i] += m_begin[i - 1];
        std::vector<std::size_t> next(m_begin.begin(), m_begin.end() - 1);
        m_micros = BigArray<std::int64_t>(m_unsorted.size());
        const auto micros = m_micros.values();
        m_unsorted.for_each([&](const Value& value) {
            micros[next[static_cast<std::size_t>(value.group)]++] = value.micros;
        });
        m_unsorted = {};
    }

    std::span<std::int64_t> values_of(std::size_t group) {
        return m_micros.values().subspan(m_begin[group], m_begin[group + 1] - m_begin[group]);
    }

    DurationsRow row(const DurationSums& sums, std::span<std::int64_t> micros) const {
        DurationsRow row;
        row.clock_errors = sums.clock_errors;
        row.count = static_cast<std::int64_t>(micros.size());
        if (sums.operation_micros > 0) {
            row.operations_per_second = static_cast<double>(sums.operations) * 1e6 /
                                        static_cast<double>(sums.operation_micros);
        }
        if (m_bounds) row.histogram = m_bounds->count(micros);
        if (micros.empty()) return row;
        query::Wide sum = 0;
        for (const std::int64_t value : micros) sum += value;
        row.total = time::Duration{query::clamped(sum)};
        row.mean = query::mean_duration(sum, row.count);
        put_ranks(row, micros);
        if (m_options.keep_values) row.micros.assign(micros.begin(), micros.end());
        return row;
    }

    void put_ranks(DurationsRow& row, std::span<std::int64_t> micros) const {
        std::vector<std::int64_t> ranks{1, query::median_rank(row.count), row.count};
        for (const auto& percentile : m_options.percentiles)
            ranks.push_back(percentile.rank(row.count));
        std::vector<std::int64_t> sorted = ranks;
        std::sort(sorted.begin(), sorted.end());
        const auto values = query::values_at_ranks(micros, sorted);
        const auto value = [&](std::int64_t rank) {
            const auto place = std::lower_bound(sorted.begin(), sorted.end(), rank);
            return time::Duration{values[static_cast<std::size_t>(place - sorted.begin())]};
        };
        row.min = value(1);
        row.max = value(row.count);
        row.median = value(ranks[1]);
        for (std::size_t i = 3; i < ranks.size(); ++i) row.percentiles.push_back(value(ranks[i]));
    }

    struct Value {
        std::int64_t micros;
        std::int32_t group;
    };

    const query::Scope& m_scope;
    const DurationsOptions& m_options;
    query::Grouping m_grouping;
    std::vector<DurationSums> m_sums;
    query::Chunks<Value> m_unsorted;
    BigArray<std::int64_t> m_micros;   // by group
    std::vector<std::size_t> m_begin;  // of a group in m_micros; one more at the end
    std::optional<query::HistogramBounds> m_bounds;
};

constexpr std::size_t enough_runs = 8;
constexpr double one_per_cent = 2.5758;  // |z| of the normal distribution, both sides
constexpr double least_change = 0.05;

double rank_distance(std::vector<std::int64_t> before, const std::vector<std::int64_t>& after) {
    const std::size_t split = before.size();
    before.insert(before.end(), after.begin(), after.end());
    return mann_whitney_z(before, split);
}

Cell median_change(const DurationsRow& now, const DurationsRow& before) {
    if (!now.median || !before.median || before.median->count() == 0) return {};
    const double change = static_cast<double>((*now.median - *before.median).count()) /
                          static_cast<double>(before.median->count());
    const bool enough = now.micros.size() >= enough_runs && before.micros.size() >= enough_runs;
    const bool notable = enough && std::abs(change) >= least_change &&
                         std::abs(rank_distance(before.micros, now.micros)) >= one_per_cent;
    return table::Change{change, table::Change::Unit::share, false, notable};
}

std::vector<table::Column> columns_for(const DurationsOptions& options) {
    std::vector<table::Column> columns{{"count", "count"},
                                       {"min_seconds", "min", Audience::machines},
                                       {"mean_seconds", "mean", Audience::machines}};
    for (const auto& percentile : options.percentiles) {
        columns.push_back({"p" + percentile.text() + "_seconds",
                           percentile.text() == "50" ? "median" : "p" + percentile.text()});
    }
    columns.insert(columns.end(),
                   {{"max_seconds", "max"},
                    {.key = "total_seconds", .title = "total", .gives_way = 6},
                    {.key = "operations_per_second", .title = "records/s", .gives_way = 7},
                    {"clock_errors", "clock errors", Audience::machines}});
    if (options.histogram != table::Sparkline::none)
        columns.push_back({.key = "histogram", .title = "spread", .gives_way = 5});
    return columns;
}

table::Row cells_of(const DurationsRow& row, const DurationsOptions& options) {
    table::Row cells{row.count, table::cell_or_unknown(row.min), table::cell_or_unknown(row.mean)};
    for (std::size_t i = 0; i < options.percentiles.size(); ++i) {
        cells.push_back(row.count > 0 ? Cell{row.percentiles[i]} : Cell{});
    }
    const auto speed = row.operations_per_second;
    const Cell more[] = {table::cell_or_unknown(row.max), row.total,
                         speed ? Cell{table::Number{*speed}} : Cell{}, row.clock_errors};
    cells.insert(cells.end(), std::begin(more), std::end(more));
    if (options.histogram != table::Sparkline::none) {
        cells.push_back(
            row.histogram.empty()
                ? Cell{}
                : Cell{query::drawn_heights(query::heights_of(row.histogram), options.histogram)});
    }
    return cells;
}

query::Figures<DurationsRow> figures(const DurationsOptions& options) {
    return {columns_for(options),
            [options](const DurationsRow& row) { return cells_of(row, options); },
            {{"count", "before"}, {"p50_seconds", "was"}},
            "median",
            median_change};
}

}  // namespace

DurationsAnswer durations(const query::Scope& scope, const query::GroupBy& by,
                          const DurationsOptions& options) {
    DurationsFold fold(scope, by, options);
    fold.run();
    return fold.answer();
}

table::ResultTable durations_table(const DurationsAnswer& answer) {
    return query::group_table<DurationsRow>(answer, figures(answer.options));
}

table::ResultTable durations_table(DurationsAnswer now, DurationsAnswer before) {
    const auto figures = answers::figures(now.options);
    return query::group_table<DurationsRow>(std::move(now), std::move(before), figures);
}

}  // namespace jobtally::answers
