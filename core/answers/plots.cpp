#include "core/answers/plots.hpp"

#include "core/query/histogram.hpp"
#include "core/time/length.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::answers {

namespace {

using table::Cell;
using table::PlotPart;
using Tone = PlotPart::Tone;

constexpr std::size_t no_column = static_cast<std::size_t>(-1);

std::size_t column_of(const table::ResultTable& table, const std::string& key) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].key == key) return i;
    }
    return no_column;
}

double number_of(const Cell& cell) {
    if (const auto* count = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*count);
    if (const auto* length = std::get_if<time::Duration>(&cell)) {
        return static_cast<double>(length->count());
    }
    return 0;
}

std::string word_of(const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return fmt::to_string(*number);
    if (const auto* day = std::get_if<table::Weekday>(&cell)) return std::string(day->name());
    if (const auto* bucket = std::get_if<table::Bucket>(&cell)) return bucket->name;
    return "-";
}

// The group of a row in words, without its bucket: the name, else the id of a definition.
std::string group_name(const std::vector<table::Column>& columns, const table::Row& row) {
    std::string name;
    bool any = false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const bool extra = columns[i].key == "bucket" || columns[i].key == "definition_id" ||
                           (columns[i].key == "type" && any);
        if (!columns[i].grouping || extra) continue;
        any = true;
        name = word_of(row[i]);
        if (name == "-" && i > 0 && columns[i - 1].key == "definition_id")
            name = word_of(row[i - 1]);
    }
    return name;
}

std::string title_of(const table::ResultTable& table, const std::string& key) {
    const auto& column = table.columns[column_of(table, key)];
    return column.title.empty() ? column.key : column.title;
}

class PlotMaker {
  public:
    PlotMaker(const table::ResultTable& table, const PlotSpec& spec)
        : m_table(table), m_spec(spec), m_bucket(column_of(table, "bucket")) {}

    table::Plots make() {
        table::Plots plots{m_table.window, {}, m_table.empty_note};
        for (const auto& row : m_table.rows) {
            const std::string group = group_name(m_table.columns, row);
            const bool series = m_bucket != no_column;
            if (plots.plots.empty() || (series && !same_group(row))) {
                plots.plots.push_back(empty_plot(series ? group : ""));
            }
            m_last = &row;
            plots.plots.back().bars.push_back(bar(row, series ? word_of(row[m_bucket]) : group));
        }
        return plots;
    }

  private:
    bool same_group(const table::Row& row) const {
        for (std::size_t i = 0; i < m_table.columns.size(); ++i) {
            const bool names = m_table.columns[i].grouping && i != m_bucket;
            if (names && m_table.columns[i].key != "type" && row[i] != (*m_last)[i]) return false;
        }
        return true;
    }

    table::Plot empty_plot(std::string title) const {
        table::Plot plot;
        plot.title = std::move(title);
        plot.parts = m_spec.parts;
        for (const auto& key : m_spec.figures)
            plot.figures.push_back({key, title_of(m_table, key)});
        return plot;
    }

    table::PlotBar bar(const table::Row& row, std::string label) const {
        std::vector<double> values;
        for (const auto& key : m_spec.keys)
            values.push_back(number_of(row[column_of(m_table, key)]));
        table::PlotBar bar{std::move(label), m_spec.lengths(values), {}, {}};
        for (const auto& key : m_spec.figures) bar.figures.push_back(row[column_of(m_table, key)]);
        return bar;
    }

    const table::ResultTable& m_table;
    const PlotSpec& m_spec;
    std::size_t m_bucket;
    const table::Row* m_last = nullptr;
};

}  // namespace

PlotSpec rates_plot() {
    return {{{"succeeded", Tone::good}, {"partial", Tone::doubtful}, {"failed", Tone::bad}},
            {"succeeded", "partial", "failed"},
            [](const std::vector<double>& values) {
                return std::vector<double>{values[0] - values[1], values[1], values[2]};
            },
            {"finished", "job_success_rate", "operation_success_rate"}};
}

PlotSpec failures_plot() {
    return {{{"failed", Tone::bad}},
            {"failed"},
            [](const std::vector<double>& values) { return values; },
            {"failed", "finished", "failure_rate"}};
}

PlotSpec durations_plot() {
    return {{{"median", Tone::plain}},
            {"p50_seconds"},
            [](const std::vector<double>& values) { return values; },
            {"count", "p50_seconds", "max_seconds"}};
}

table::Plots plots_of(table::ResultTable table, const PlotSpec& spec, const query::Twins& twins) {
    twins.tell_apart(table);
    return PlotMaker(table, spec).make();
}

table::Plots distributions_of(const DurationsAnswer& answer, const std::vector<std::size_t>& groups,
                              const query::Twins& twins) {
    table::Plots plots{answer.window, {}, "no durations"};
    table::ResultTable names;
    names.columns = query::grouping_columns(answer.by);
    for (const auto& row : answer.rows) names.rows.push_back(row.key);
    twins.tell_apart(names);
    for (const std::size_t group : groups) {
        const auto& row = answer.rows[group];
        if (row.micros.empty()) continue;
        table::Plot plot;
        plot.title = group_name(names.columns, names.rows[group]);
        plot.parts = {{"runs", Tone::plain}};
        plot.figures = {{"runs", "runs"}};
        const auto [least, greatest] = std::minmax_element(row.micros.begin(), row.micros.end());
        const query::HistogramBounds bounds(*least, *greatest, 16);
        const auto counts = bounds.count(row.micros);
        const auto& starts = bounds.starts();
        const auto holds = [&](std::size_t i, time::Duration value) {
            return value.count() >= starts[i] &&
                   (i + 1 == starts.size() || value.count() < starts[i + 1]);
        };
        for (std::size_t i = 0; i < counts.size(); ++i) {
            table::PlotBar bar{time::human_length(time::Duration{starts[i]}),
                               {static_cast<double>(counts[i])},
                               {counts[i]},
                               {}};
            if (holds(i, *row.median)) bar.note = "median " + time::human_length(*row.median);
            for (std::size_t p = 0; p < row.percentiles.size(); ++p) {
                const auto& percentile = answer.options.percentiles[p];
                if (percentile.text() == "50" || !holds(i, row.percentiles[p])) continue;
                if (!bar.note.empty()) bar.note += ", ";
                bar.note += fmt::format("p{} {}", percentile.text(),
                                        time::human_length(row.percentiles[p]));
            }
            plot.bars.push_back(std::move(bar));
        }
        plots.plots.push_back(std::move(plot));
    }
    return plots;
}

}  // namespace jobtally::answers
