// The table of metrics, one function each.
#include "core/probe/metrics.hpp"

#include "core/answers/durations.hpp"
#include "core/answers/failures.hpp"
#include "core/answers/objective.hpp"
#include "core/answers/rates.hpp"
#include "core/base/error.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/incidents/incidents.hpp"
#include "core/rhythm/missed.hpp"
#include "core/store/reports/rejected.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

namespace jobtally::probe {

namespace {

using table::Cell;
using namespace std::chrono_literals;

std::string jobs(std::int64_t count) {
    return counted(count, "job", "jobs");
}

// Rounded where a double's own errors begin, so that 29 of 100 are 29 %, not a little less.
double seconds(time::Duration length) {
    return static_cast<double>(length.count()) / 1e6;
}

// The rows of a grouped answer; or, where it was not grouped, its total.
template <class Row, class Answer>
std::vector<Row> rows_of(const Answer& answer, bool by_definition) {
    if (by_definition) return answer.rows;
    return {answer.total};
}

query::By by(bool by_definition) {
    return by_definition ? query::By::definition : query::By::none;
}

Measured ratio(const answers::RatesRow& row, double value, std::string phrase) {
    return {
        {row.key, table::Ratio{value}, std::move(phrase)}, row.counts.finished(), per_cent(value)};
}

// `measure` is given each row, and may have nothing to say of it.
template <class Measure>
std::vector<Measured> measure_rates(const query::Scope& scope, bool by_definition,
                                    Measure measure) {
    std::vector<Measured> found;
    for (const auto& row :
         rows_of<answers::RatesRow>(answers::rates(scope, by(by_definition)), by_definition)) {
        if (std::optional<Measured> one = measure(row)) found.push_back(std::move(*one));
    }
    return found;
}

std::vector<Measured> measure_job_success(const query::Scope& scope, bool by_definition,
                                          const Given&) {
    return measure_rates(scope, by_definition, [](const auto& row) -> std::optional<Measured> {
        const auto rate = row.counts.success_rate().value();
        if (!rate) return std::nullopt;
        return ratio(row, *rate, fmt::format("of {} succeeded", jobs(row.counts.finished())));
    });
}

std::vector<Measured> measure_operation_success(const query::Scope& scope, bool by_definition,
                                                const Given&) {
    return measure_rates(scope, by_definition, [](const auto& row) -> std::optional<Measured> {
        const auto rate = row.counts.operation_success_rate();
        if (!rate) return std::nullopt;
        return ratio(row, *rate,
                     fmt::format("{}of {} records succeeded", *rate > 1 ? "(!) " : "",
                                 query::sum_text(row.counts.operations)));
    });
}

std::vector<Measured> measure_failed(const query::Scope& scope, bool by_definition, const Given&) {
    return measure_rates(scope, by_definition, [](const auto& row) -> std::optional<Measured> {
        const query::Counts& counts = row.counts;
        if (counts.finished() == 0) return std::nullopt;
        return Measured{
            {row.key, counts.failed(), fmt::format("of {} failed", jobs(counts.finished()))},
            counts.finished(),
            static_cast<double>(counts.failed())};
    });
}

// A success whose clock is up to a minute ahead counts as if it were from now; one further ahead
// says nothing.
Measured age_of(const answers::FailuresRow& row, time::Instant now) {
    const auto runs = row.counts.finished();
    if (!row.last_success_at) {
        return {{row.key, Cell{}, fmt::format("no success among {}", jobs(runs))},
                runs,
                std::numeric_limits<double>::infinity()};
    }
    const auto age = std::max(now - *row.last_success_at, time::Duration{0});
    return {{row.key, age, "since the last success"}, runs, seconds(age)};
}

std::vector<Measured> measure_age(const query::Scope& scope, bool by_definition, const Given& at) {
    const auto over = by_definition ? ids_over(scope, at) : std::set<std::string>();
    std::vector<Measured> found;
    for (const auto& row : rows_of<answers::FailuresRow>(
             answers::failures(scope, by(by_definition)), by_definition)) {
        const auto* id = by_definition ? std::get_if<std::string>(&row.key.front()) : nullptr;
        const bool is_over = id != nullptr && over.contains(*id);
        if (row.counts.finished() > 0 && !is_over) found.push_back(age_of(row, at.now));
    }
    return found;
}

std::vector<Measured> measure_p95(const query::Scope& scope, bool by_definition, const Given&) {
    answers::DurationsOptions options;
    options.percentiles = query::Percentile::list("95");
    std::vector<Measured> found;
    for (const auto& row : rows_of<answers::DurationsRow>(
             answers::durations(scope, by(by_definition), options), by_definition)) {
        if (row.count == 0) continue;
        const auto length = row.percentiles.front();
        found.push_back(
            {{row.key, length, fmt::format("is the 95th percentile of {}", jobs(row.count))},
             row.count,
             seconds(length)});
    }
    return found;
}

Measured missed_of(const rhythm::MissedRow& row) {
    return {{{row.id, table::cell_or_unknown(row.label), table::cell_or_unknown(row.type)},
             row.is_problem(),
             std::string(name_of(row.state))},
            row.reports,
            row.is_problem() ? 1.0 : 0.0};
}

// Of the definitions that have a rhythm, how many are late, missed or stuck, and the most urgent
// one.
std::vector<Measured> measure_missed(const query::Scope& scope, bool by_definition,
                                     const Given& options) {
    auto rows = rhythm::missed(scope, options).rows;
    std::erase_if(rows, [](const rhythm::MissedRow& row) {
        return !row.has_rhythm() && row.state != rhythm::Punctuality::disabled;
    });
    std::vector<Measured> found;
    if (by_definition) {
        for (const auto& row : rows) found.push_back(missed_of(row));
        return found;
    }
    if (rows.empty()) return {};
    const auto count = std::count_if(rows.begin(), rows.end(),
                                     [](const rhythm::MissedRow& row) { return row.is_problem(); });
    auto phrase = fmt::format("of {} late, missed or stuck",
                              counted(std::ssize(rows), "definition", "definitions"));
    if (const auto& worst = rows.front(); worst.is_problem()) {
        phrase +=
            fmt::format(" (\"{}\" {})", name_or_id(worst.label, worst.id), name_of(worst.state));
    }
    return {{{{}, count, std::move(phrase)}, std::nullopt, static_cast<double>(count)}};
}

std::vector<Measured> measure_incidents(const query::Scope& scope, bool, const Given& options) {
    const auto answer = incidents::incidents(scope, options);
    const auto finished = answers::rates(scope, query::By::none).total.counts.finished();
    if (answer.incidents.empty() && finished == 0) return {};
    const auto count = answer.lasting();
    std::string phrase = count == 1 ? "incident lasts" : "incidents last";
    for (const auto& incident : answer.incidents) {
        if (incident.ended_at) continue;
        phrase += fmt::format(" ({}: {})", incidents::when_text(answer, incident),
                              incidents::what_happened(answer, incident));
        break;
    }
    return {{{{}, count, std::move(phrase)}, std::nullopt, static_cast<double>(count)}};
}

// Rejected bodies were never understood, so they belong to no definition.
std::vector<Measured> measure_rejected(const query::Scope& scope, bool, const Given&) {
    const auto count = store::count_rejected(scope.store(), scope.selection().span).count;
    return {{{{}, count, count == 1 ? "body rejected" : "bodies rejected"},
             std::nullopt,
             static_cast<double>(count)}};
}

struct BurnAlert {
    std::string_view name, short_name;
    std::chrono::minutes length, short_length;
    double rate;
    table::ProbeState state;
};

// The alerts that the workbook recommends for a budget of 30 days: 2 % of it within an hour, 5 %
// within six, 10 % within three days; the shorter window says whether it still burns. "The Site
// Reliability Workbook", chapter 5, "Multiwindow, Multi-Burn-Rate Alerts", table 5-8.
constexpr BurnAlert burn_alerts[] = {
    {"1h", "5m", 60min, 5min, 14.4, table::ProbeState::critical},
    {"6h", "30m", 360min, 30min, 6, table::ProbeState::critical},
    {"3d", "6h", 4320min, 360min, 1, table::ProbeState::warning},
};

// By the text of their keys, over the time before the end of the selection.
std::map<std::string, double> burn_rates(const query::Scope& scope, const Given& given,
                                         bool by_definition, std::chrono::minutes length) {
    auto selection = scope.selection();
    const auto end = selection.span.until.value_or(given.now);
    selection.span = {end - length, end};
    std::map<std::string, double> rates;
    for (const auto& budget : answers::error_budgets(
             query::Scope(scope.store(), std::move(selection)), given.objectives, by_definition)) {
        if (const auto used = budget.used())
            rates.emplace(table::text_in(budget.key, 0), per_cent(*used) / 100);
    }
    return rates;
}

// The worst of the alerts. Where nothing finished in the shorter window, nothing says that it is
// over.
void put_burn_alerts(std::vector<Measured>& measured, const query::Scope& scope, const Given& given,
                     bool by_definition) {
    for (auto& one : measured) one.state = table::ProbeState::ok;
    for (const BurnAlert& alert : burn_alerts) {
        const auto rates = burn_rates(scope, given, by_definition, alert.length);
        const auto now = burn_rates(scope, given, by_definition, alert.short_length);
        for (auto& one : measured) {
            if (one.state != table::ProbeState::ok) continue;
            const auto rate = rates.find(table::text_in(one.item.definition, 0));
            if (rate == rates.end() || rate->second < alert.rate) continue;
            const auto recent = now.find(rate->first);
            if (recent != now.end() && recent->second < alert.rate) continue;
            one.state = alert.state;
            const auto fast = std::isfinite(rate->second)
                                  ? fmt::format(" {:.3g} times too fast", rate->second)
                                  : std::string();
            one.item.phrase.insert(
                one.item.phrase.find(':'),
                fmt::format(", burning{} over {} and {}", fast, alert.name, alert.short_name));
        }
    }
}

std::vector<Measured> measure_budget(const query::Scope& scope, bool by_definition,
                                     const Given& given) {
    if (!given.objectives.any()) {
        throw UsageError("budget-used needs an objective",
                         "give --objective 99, or the configuration file's section [objective]");
    }
    std::vector<Measured> found;
    for (const auto& budget : answers::error_budgets(scope, given.objectives, by_definition)) {
        const auto used = budget.used();
        if (!used) continue;
        const bool has_any = std::isfinite(*used);
        auto phrase = fmt::format("{}: {} of {} failed where {:.4g} may",
                                  has_any ? "of the error budget used" : "no error budget",
                                  count_text(budget.failed), jobs(budget.finished), budget.allowed);
        found.push_back(
            {{budget.key, has_any ? Cell{table::Ratio{*used}} : Cell{}, std::move(phrase)},
             budget.finished,
             per_cent(*used)});
    }
    put_burn_alerts(found, scope, given, by_definition);
    return found;
}

bool has_finished(const store::FactBatch& batch, std::size_t i) {
    return model::is_finished(batch.status[i]);
}

bool has_known_records(const store::FactBatch& batch, std::size_t i) {
    return has_finished(batch, i) && batch.operations[i] > 0 && batch.succeeded[i] >= 0 &&
           batch.failed[i] >= 0;
}

bool has_duration(const store::FactBatch& batch, std::size_t i) {
    return has_finished(batch, i) && batch.updated_at[i] >= batch.created_at[i];
}

}  // namespace

const std::vector<Metric>& check_metrics() {
    constexpr bool low = true, high = false;
    constexpr const char *recent = "24h", *all = "";
    constexpr const char* over_a_week = "8d";  // a weekly job runs again within it
    static const std::vector<Metric> metrics{
        {"job-success-rate", "job_success_rate", "finished jobs", Unit::per_cent, low, recent, true,
         false, measure_job_success, has_finished},
        {"operation-success-rate", "operation_success_rate", "records of finished jobs",
         Unit::per_cent, low, recent, true, false, measure_operation_success, has_known_records},
        {"failed", "failed", "finished jobs", Unit::count, high, recent, true, false,
         measure_failed, has_finished},
        {"failure-streak", "failure_streak", "finished jobs", Unit::count, high, all, true, true,
         measure_failure_streak, has_finished},
        {"age", "age", "finished jobs", Unit::seconds, high, all, true, false, measure_age,
         has_finished},
        {"p95", "p95", "finished jobs of known duration", Unit::seconds, high, recent, true, false,
         measure_p95, has_duration},
        {"missed", "missed", "definitions of known rhythm", Unit::count, high, all, true, true,
         measure_missed, nullptr},
        {"rejected", "rejected", "rejected bodies", Unit::count, high, recent, false, false,
         measure_rejected, nullptr},
        {"budget-used", "budget_used", "finished jobs that have an objective", Unit::per_cent, high,
         "30d", true, false, measure_budget, nullptr},
        {"incidents", "incidents", "finished jobs", Unit::count, high, over_a_week, false, true,
         measure_incidents, has_finished},
    };
    return metrics;
}

std::set<std::string> ids_over(const query::Scope& scope, const Given& given) {
    std::set<std::string> over;
    for (const auto& row : rhythm::missed_at_the_end(scope, given).rows) {
        if (row.is_over()) over.insert(row.id);
    }
    return over;
}

const Metric& check_metric_named(std::string_view name) {
    const auto& metrics = check_metrics();
    const auto found = std::find_if(metrics.begin(), metrics.end(),
                                    [&](const Metric& metric) { return metric.name == name; });
    if (found != metrics.end()) return *found;
    std::string known;
    for (const Metric& metric : metrics) {
        known.append(known.empty() ? "" : ", ").append(metric.name);
    }
    throw UsageError(fmt::format("no metric \"{}\"", visible(name)), "the metrics are " + known);
}

}  // namespace jobtally::probe
