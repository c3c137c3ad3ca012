// Chooses the days and the definitions first, then counts only what is shown.
#include "core/answers/rates.hpp"
#include "core/digest/page.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace jobtally::digest {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using store::FactColumn;
using table::Ends;

constexpr days least_days{30};

local_days day_of(time::Instant at, const time::Zone& zone) {
    return std::chrono::floor<days>(zone.to_local(at));
}

// Of the time that counts; none where there is no report.
std::optional<time::Instant> oldest(const query::Scope& scope) {
    const auto at = scope.selection().at;
    std::int64_t least = INT64_MAX;
    scope.scan(store::column_of(at) | FactColumn::created_at, [&](const store::FactBatch& batch) {
        for (const auto micros : store::times_of(batch, at)) {
            least = std::min(least, micros);
        }
    });
    if (least == INT64_MAX) return std::nullopt;
    return time::instant_from_micros(least);
}

// Names of definitions as labels; where two share one, their ids tell them apart.
class Labels {
  public:
    template <class Rows>
    explicit Labels(const Rows& rows) {
        for (const auto& row : rows) ++m_count[table::shown_name(row.key)];
    }
    std::string of(const query::GroupKey& key) const {
        const auto id = table::text_in(key, 0);
        const auto name = table::shown_name(key);
        if (id.empty()) return "(no definition)";
        return m_count.at(name) > 1 ? name + " (" + id + ")" : name;
    }

  private:
    std::map<std::string, int> m_count;
};

double lower_bound(const model::Rate& rate) {
    const auto interval = rate.wilson();
    return interval ? interval->low : 0;
}

// The worst first; equal ones stay in their order, which is by name.
void sort_worst_first(std::vector<answers::RatesRow>& rows) {
    const auto badness = [](const answers::RatesRow& row) {
        const auto& counts = row.counts;
        return std::tuple(lower_bound(counts.failure_rate()), counts.failed(),
                          lower_bound({counts.partial, counts.finished()}));
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const auto& a, const auto& b) { return badness(a) > badness(b); });
}

void count(Ends& ends, model::Status status, std::int64_t failed) {
    ++ends.reports;
    ends.succeeded += status == model::Status::success ? 1 : 0;
    ends.partial += status == model::Status::success && failed > 0 ? 1 : 0;
    ends.failed += status == model::Status::failure ? 1 : 0;
}

// The row of each definition key; -1 where it has none.
std::vector<std::int32_t> rows_of_keys(const query::Scope& scope, const table::DaysChart& chart) {
    const auto& shown = chart.definitions;
    const auto row_of = [&](const std::string& id) {
        const auto found = std::find_if(shown.begin(), shown.end(), [&](const auto& definition) {
            return definition.id == id;
        });
        return found == shown.end() ? -1 : static_cast<std::int32_t>(found - shown.begin());
    };
    const auto keys = static_cast<std::size_t>(scope.catalogue().max_definition()) + 1;
    std::vector<std::int32_t> rows(keys, -1);
    rows[0] = row_of("");
    for (const auto& definition : scope.catalogue().definitions()) {
        rows[static_cast<std::size_t>(definition.key)] = row_of(definition.id);
    }
    return rows;
}

void fill_days(const query::Scope& scope, table::DaysChart& chart) {
    const auto rows = rows_of_keys(scope, chart);
    const auto at = scope.selection().at;
    const auto columns = FactColumn::definition | FactColumn::status | FactColumn::operations;
    scope.scan(columns | store::column_of(at), [&](const store::FactBatch& batch) {
        const auto& times = store::times_of(batch, at);
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto day = day_of(time::instant_from_micros(times[i]), scope.selection().zone);
            const auto place = (day - chart.days.front()).count();
            if (place < 0 || place >= static_cast<std::int64_t>(chart.days.size())) continue;
            const auto column = static_cast<std::size_t>(place);
            count(chart.totals[column], batch.status[i], batch.failed[i]);
            const auto row = rows[static_cast<std::size_t>(batch.definition[i])];
            if (row < 0) continue;
            count(chart.definitions[static_cast<std::size_t>(row)].days[column], batch.status[i],
                  batch.failed[i]);
        }
    });
}

}  // namespace

Charted charted(const query::Scope& scope, time::Instant now) {
    Charted out{scope.selection(), {}};
    auto& span = out.selection.span;
    const auto& zone = out.selection.zone;
    time::Instant last = now;
    if (span.until && (*span.until <= now || (span.since && *span.since > now))) {
        last = *span.until - time::Duration{1};
    }
    const local_days last_day = day_of(last, zone);
    local_days first_day = last_day - least_days + days{1};
    const auto begin = span.since ? span.since : oldest(scope);
    if (begin) first_day = std::min(first_day, day_of(*begin, zone));
    first_day = std::max(first_day, last_day + days{1} - days{most_charted_days});
    for (auto day = first_day; day <= last_day; day += days{1}) out.days.push_back(day);

    const auto from = zone.to_utc(time::LocalTime{first_day});
    const auto to = zone.to_utc(time::LocalTime{last_day + days{1}});
    const bool within_first_day = span.since && day_of(*span.since, zone) == first_day;
    if (!within_first_day) span.since = from;
    span.until = span.until ? std::min(*span.until, to) : to;
    return out;
}

table::DaysChart days_chart(const store::Store& store, const Charted& charted) {
    const query::Scope scope(store, charted.selection);
    auto rows = answers::rates(scope).rows;
    const Labels labels(rows);
    sort_worst_first(rows);
    table::DaysChart chart;
    chart.span = charted.selection.span;
    chart.days = charted.days;
    chart.totals.resize(chart.days.size());
    const std::size_t most =
        std::min(most_charted_definitions, most_charted_cells / chart.days.size());
    for (const auto& row : rows) {
        const auto& counts = row.counts;
        if (chart.definitions.size() == most) {
            ++chart.more;
            chart.more_failed += counts.failed() > 0 ? 1 : 0;
            continue;
        }
        chart.definitions.push_back(
            {table::text_in(row.key, 0),
             labels.of(row.key),
             std::vector<Ends>(chart.days.size()),
             {counts.reports(), counts.succeeded(), counts.partial, counts.failed()}});
    }
    fill_days(scope, chart);
    return chart;
}

}  // namespace jobtally::digest
