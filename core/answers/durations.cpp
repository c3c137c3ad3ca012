// Collects durations by group, and writes the keys of `durations`.
#include "core/answers/durations.hpp"

#include "core/answers/rank_test.hpp"
#include "core/base/parallel.hpp"
#include "core/query/sums.hpp"
#include "core/query/value_lists.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <utility>

namespace jobtally::answers {

namespace {

using store::FactColumn;
using table::Audience;
using table::Cell;

struct DurationSums {
    std::int64_t reports = 0;
    std::int64_t clock_errors = 0;
    std::int64_t count = 0;  // of durations
    std::int64_t least = INT64_MAX;
    std::int64_t greatest = 0;
    query::Wide micros = 0;
    query::Wide operations = 0;  // of the durations with known operations
    query::Wide operation_micros = 0;

    DurationSums& operator+=(const DurationSums& other) {
        reports += other.reports;
        clock_errors += other.clock_errors;
        count += other.count;
        least = std::min(least, other.least);
        greatest = std::max(greatest, other.greatest);
        micros += other.micros;
        operations += other.operations;
        operation_micros += other.operation_micros;
        return *this;
    }
};

// What one scan finds; see Grouping::fold.
struct DurationsPart {
    explicit DurationsPart(std::size_t groups) : sums(groups), values(groups) {}

    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto group = static_cast<std::size_t>(groups[i]);
            DurationSums& own = sums[group];
            ++own.reports;
            const std::int64_t updated = batch.updated_at[i];
            if (!model::is_finished(batch.status[i]) || updated == store::unknown_value) continue;
            const std::int64_t micros = updated - batch.created_at[i];
            if (micros < 0) {
                ++own.clock_errors;
                continue;
            }
            ++own.count;
            own.least = std::min(own.least, micros);
            own.greatest = std::max(own.greatest, micros);
            own.micros += micros;
            values.add(group, micros);
            if (batch.operations[i] >= 0) {
                own.operations += batch.operations[i];
                own.operation_micros += micros;
            }
        }
    }
    void merge(DurationsPart&& other) {
        for (std::size_t group = 0; group < sums.size(); ++group) sums[group] += other.sums[group];
        values.merge(std::move(other.values));
    }

    std::vector<DurationSums> sums;
    query::ValueLists values;
};

class DurationsFold {
  public:
    DurationsFold(const query::Scope& scope, const query::GroupBy& by,
                  const DurationsOptions& options)
        : m_scope(scope), m_options(options), m_grouping(by, scope), m_part(0) {}

    void run() {
        m_part = m_grouping.fold(FactColumn::status | FactColumn::created_at |
                                     FactColumn::updated_at | FactColumn::operations,
                                 [&] { return DurationsPart(m_grouping.size()); });
    }

    DurationsAnswer answer() {
        DurationsAnswer answer;
        answer.window = query::window_of(m_scope.selection());
        answer.by = m_grouping.by();
        answer.options = m_options;
        const auto holds = [&](std::size_t group) { return m_part.sums[group].reports > 0; };
        m_groups = m_grouping.in_order(holds);
        for (const std::size_t group : m_groups) {
            m_all += m_part.sums[group];
            answer.rows.push_back(row(m_part.sums[group]));
            answer.rows.back().key = m_grouping.key(group);
        }
        answer.total = row(m_all);
        if (m_all.count > 0) look_at_values(answer);
        return answer;
    }

  private:
    // All but what only the values themselves tell.
    static DurationsRow row(const DurationSums& sums) {
        DurationsRow row;
        row.clock_errors = sums.clock_errors;
        row.count = sums.count;
        if (sums.operation_micros > 0) {
            row.operations_per_second = static_cast<double>(sums.operations) * 1e6 /
                                        static_cast<double>(sums.operation_micros);
        }
        if (sums.count == 0) return row;
        row.total = time::Duration{query::clamped(sums.micros)};
        row.mean = query::mean_duration(sums.micros, sums.count);
        row.min = time::Duration{sums.least};
        row.max = time::Duration{sums.greatest};
        return row;
    }

    // Each group's values twice: to find its own ranks while all are counted, then those of all.
    void look_at_values(DurationsAnswer& answer) {
        if (m_options.histogram != table::Sparkline::none)
            m_bounds = query::HistogramBounds(m_all.least, m_all.greatest, m_options.buckets);
        constexpr std::int64_t worth_a_worker = 16'384;  // values
        const auto workers = static_cast<std::size_t>(std::clamp<std::int64_t>(
            m_all.count / worth_a_worker, 1, static_cast<std::int64_t>(thread_limit())));
        std::vector<query::RankSearch> searches(workers);
        for_groups(workers, [&](std::size_t worker, std::size_t place) {
            put_values(answer.rows[place], m_groups[place], searches[worker]);
        });
        for (std::size_t i = 1; i < workers; ++i) searches[0].add_counts(searches[i]);
        const auto ranks = ranks_of(m_all.count);
        searches[0].choose(ranks);
        searches.assign(workers, query::RankSearch(searches[0]));
        for_groups(workers, [&](std::size_t worker, std::size_t place) {
            m_part.values.for_each(m_groups[place],
                                   [&](auto values) { searches[worker].look(values); });
        });
        for (std::size_t i = 1; i < workers; ++i) searches[0].add_found(searches[i]);
        put_ranks(answer.total, ranks, searches[0].found());
        put_all(answer);
    }

    void for_groups(std::size_t workers,
                    const std::function<void(std::size_t worker, std::size_t place)>& act) const {
        std::atomic<std::size_t> next = 0;
        for_workers(workers, [&](std::size_t worker) {
            for (std::size_t place = next++; place < m_groups.size(); place = next++)
                act(worker, place);
        });
    }

    void put_values(DurationsRow& row, std::size_t group, query::RankSearch& of_all) const {
        if (m_bounds) row.histogram.resize(m_options.buckets);
        if (row.count == 0) return;
        constexpr std::int64_t few = 65'536;
        const bool gathers = m_options.keep_values || row.count < few;
        std::vector<std::int64_t> micros;
        std::optional<query::RankSearch> own;
        if (!gathers) own.emplace();
        m_part.values.for_each(group, [&](std::span<const std::int64_t> values) {
            of_all.count(values);
            if (m_bounds) add_histogram(row, m_bounds->count(values));
            if (gathers) micros.insert(micros.end(), values.begin(), values.end());
            if (own) own->count(values);
        });
        const auto ranks = ranks_of(row.count);
        if (gathers) {
            put_ranks(row, ranks, query::values_at_ranks(micros, ranks));
        } else {
            own->choose(ranks);
            m_part.values.for_each(group, [&](auto values) { own->look(values); });
            put_ranks(row, ranks, own->found());
        }
        if (m_options.keep_values) row.micros = std::move(micros);
    }

    static void add_histogram(DurationsRow& row, const std::vector<std::int64_t>& more) {
        for (std::size_t i = 0; i < more.size(); ++i) row.histogram[i] += more[i];
    }

    // What the values of the rows make together.
    void put_all(DurationsAnswer& answer) const {
        if (m_bounds) answer.total.histogram.resize(m_options.buckets);
        for (const DurationsRow& row : answer.rows) {
            if (m_bounds) add_histogram(answer.total, row.histogram);
            answer.total.micros.insert(answer.total.micros.end(), row.micros.begin(),
                                       row.micros.end());
        }
    }

    // Of the median and the percentiles asked for, ascending.
    std::vector<std::int64_t> ranks_of(std::int64_t count) const {
        std::vector<std::int64_t> ranks{query::median_rank(count)};
        for (const auto& percentile : m_options.percentiles)
            ranks.push_back(percentile.rank(count));
        std::sort(ranks.begin(), ranks.end());
        return ranks;
    }

    void put_ranks(DurationsRow& row, const std::vector<std::int64_t>& ranks,
                   const std::vector<std::int64_t>& values) const {
        const auto value = [&](std::int64_t rank) {
            const auto place = std::lower_bound(ranks.begin(), ranks.end(), rank);
            return time::Duration{values[static_cast<std::size_t>(place - ranks.begin())]};
        };
        row.median = value(query::median_rank(row.count));
        for (const auto& percentile : m_options.percentiles)
            row.percentiles.push_back(value(percentile.rank(row.count)));
    }

    const query::Scope& m_scope;
    const DurationsOptions& m_options;
    query::Grouping m_grouping;
    DurationsPart m_part;
    std::vector<std::size_t> m_groups;  // in the order of the rows
    DurationSums m_all;
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
