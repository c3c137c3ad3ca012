#include "core/digest/job_metrics.hpp"

#include "core/answers/definitions.hpp"
#include "core/answers/failures.hpp"
#include "core/answers/objective.hpp"
#include "core/base/prometheus_text.hpp"
#include "core/query/latest.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

using store::FactColumn;
using JobLabels = PrometheusText::Labels;

// Who sends reports does not decide how long the page gets: it takes memory of the listener.
constexpr std::size_t longest_label = 200;  // bytes
constexpr std::chrono::days budget_time{30};

// What is told of one definition; unset is unknown.
struct Job {
    std::string id, name, type, last_status;
    query::Counts counts;
    std::int64_t streak = 0;
    time::Instant last_run;
    std::optional<time::Instant> last_success, expected_by;
    std::optional<time::Duration> last_duration;
    std::string_view state;
    std::optional<double> budget_used;  // may be infinite
};

std::string unix_time(time::Instant at) {
    return time::format_seconds(at.time_since_epoch());
}

// Cut between characters.
std::string label_of(std::string text) {
    if (text.size() <= longest_label) return text;
    std::size_t end = longest_label;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end) + "…";
}

// Those that ran last; of one whose id is too long for a label nothing can be told.
void keep_shown(std::vector<answers::DefinitionsRow>& rows) {
    std::erase_if(
        rows, [](const auto& row) { return table::text_in(row.key, 0).size() > longest_label; });
    if (rows.size() <= most_jobs) return;
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(most_jobs);
    std::nth_element(rows.begin(), end, rows.end(), [](const auto& a, const auto& b) {
        return a.last_created_at > b.last_created_at;
    });
    rows.erase(end, rows.end());
}

// How long the last finished run of each definition took, by its id.
std::unordered_map<std::string, time::Duration> last_durations(const query::Scope& scope) {
    query::Latest finished(static_cast<std::size_t>(scope.catalogue().max_definition()) + 1);
    scope.scan(FactColumn::definition | FactColumn::status | query::Latest::columns,
               [&](const store::FactBatch& batch) {
                   for (std::size_t i = 0; i < batch.size; ++i) {
                       if (!model::is_finished(batch.status[i])) continue;
                       finished.take(static_cast<std::size_t>(batch.definition[i]),
                                     {batch.created_at[i], batch.sequence[i], 0});
                   }
               });
    finished.settle(scope.store());
    std::vector<store::Sequence> sequences;
    for (const auto& definition : scope.catalogue().definitions()) {
        const auto sequence = finished.of(static_cast<std::size_t>(definition.key)).sequence;
        if (sequence != 0) sequences.push_back(sequence);
    }
    std::unordered_map<std::string, time::Duration> durations;
    for (const auto& [sequence, received_at, report, source] :
         store::read_reports(scope.store(), sequences)) {
        const auto duration = model::duration_of(report);
        if (duration && report.definition_id) durations.emplace(*report.definition_id, *duration);
    }
    return durations;
}

// By the id of the definition; those of which something finished within 30 days.
std::unordered_map<std::string, double> budgets_used(const query::Scope& scope, time::Instant now,
                                                     const query::Objectives& objectives) {
    std::unordered_map<std::string, double> found;
    if (!objectives.any()) return found;
    auto ended = scope.selection();
    ended.at = store::WhichTime::updated;
    ended.span = {now - budget_time, now};
    for (const auto& budget :
         answers::error_budgets(query::Scope(scope.store(), std::move(ended)), objectives, true))
        if (const auto used = budget.used()) found.emplace(table::text_in(budget.key, 0), *used);
    return found;
}

struct Jobs {
    std::vector<Job> shown;
    std::size_t left_out = 0;
};

Jobs jobs_of(const query::Scope& scope, const rhythm::MissedOptions& options,
             const query::Objectives& objectives) {
    std::unordered_map<std::string, answers::FailuresRow> failures;
    for (auto& row : answers::failures(scope).rows)
        failures.emplace(table::text_in(row.key, 0), std::move(row));
    std::unordered_map<std::string, rhythm::MissedRow> missed;
    for (auto& row : rhythm::missed(scope, options).rows) missed.emplace(row.id, std::move(row));
    const auto durations = last_durations(scope);
    const auto budgets = budgets_used(scope, options.now, objectives);
    auto rows = answers::definitions(scope).rows;
    Jobs jobs;
    jobs.left_out = rows.size();
    keep_shown(rows);
    jobs.left_out -= rows.size();
    for (const auto& row : rows) {
        Job job;
        job.id = table::text_in(row.key, 0);
        job.name = label_of(table::text_in(row.key, 1));
        if (job.name.empty()) job.name = job.id;
        job.type = label_of(table::text_in(row.key, 2));
        job.last_status = label_of(row.last_status);
        job.last_run = row.last_created_at;
        if (const auto found = failures.find(job.id); found != failures.end()) {
            job.counts = found->second.counts;
            job.streak = found->second.streak.value_or(0);
            job.last_success = found->second.last_success_at;
        }
        if (const auto found = missed.find(job.id); found != missed.end()) {
            job.state = name_of(found->second.state);
            job.expected_by = found->second.expected_by;
        }
        if (const auto found = durations.find(job.id); found != durations.end())
            job.last_duration = found->second;
        if (const auto found = budgets.find(job.id); found != budgets.end())
            job.budget_used = found->second;
        jobs.shown.push_back(std::move(job));
    }
    return jobs;
}

class JobPage {
  public:
    explicit JobPage(const std::vector<Job>& jobs) : m_jobs(jobs) {}

    // A sample for each job of which `value_of` knows one.
    template <class ValueOf>
    void gauge(std::string_view name, std::string_view help, ValueOf value_of) {
        m_text.family(name, "gauge", help);
        for (const auto& job : m_jobs)
            if (const auto value = value_of(job)) m_text.sample(labels_of(job), *value);
    }
    // The text that `text_of` gives is the label `label` of a sample that is 1.
    template <class TextOf>
    void state(std::string_view name, std::string_view label, std::string_view help,
               TextOf text_of) {
        m_text.family(name, "gauge", help);
        for (const auto& job : m_jobs) {
            const std::string_view text = text_of(job);
            if (!text.empty()) m_text.sample(labels_of(job, {{label, text}}), 1);
        }
    }
    void reports() {
        m_text.family("jobtally_job_reports", "gauge", "Reports in the store, by their status.");
        for (const auto& job : m_jobs) {
            const auto& counts = job.counts;
            for (const auto& [status, count] :
                 {std::pair<std::string_view, std::int64_t>{"SUCCESS", counts.succeeded()},
                  {"FAILURE", counts.failed()},
                  {"RUNNING", counts.running()},
                  {"other", counts.of_other_status()}})
                if (count > 0 || status == "SUCCESS" || status == "FAILURE")
                    m_text.sample(labels_of(job, {{"status", status}}), count);
        }
    }
    PrometheusText& text() { return m_text; }

  private:
    static JobLabels labels_of(const Job& job, const JobLabels& more = {}) {
        JobLabels labels{{"definition_id", job.id}, {"definition", job.name}, {"type", job.type}};
        labels.insert(labels.end(), more.begin(), more.end());
        return labels;
    }

    const std::vector<Job>& m_jobs;
    PrometheusText m_text;
};

}  // namespace

std::string job_metrics(const query::Scope& scope, const rhythm::MissedOptions& options,
                        const query::Objectives& objectives) {
    using Value = std::optional<std::string>;
    const auto seconds = [](const std::optional<time::Instant>& at) {
        return at ? Value(unix_time(*at)) : Value();
    };
    const auto jobs = jobs_of(scope, options, objectives);
    JobPage page(jobs.shown);
    page.reports();
    page.state("jobtally_job_last_status", "status",
               "1, with the status of the newest report as a label.",
               [](const Job& job) { return std::string_view(job.last_status); });
    page.state("jobtally_job_state", "state",
               "1, with how the job stands to its rhythm as a label, as jobtally missed says it.",
               [](const Job& job) { return job.state; });
    page.gauge("jobtally_job_last_run_timestamp_seconds", "created_at of the newest report.",
               [&](const Job& job) { return seconds(job.last_run); });
    page.gauge("jobtally_job_last_success_timestamp_seconds",
               "created_at of the newest report with status SUCCESS.",
               [&](const Job& job) { return seconds(job.last_success); });
    page.gauge("jobtally_job_expected_by_timestamp_seconds",
               "When the next report should be there at the latest.",
               [&](const Job& job) { return seconds(job.expected_by); });
    page.gauge("jobtally_job_last_duration_seconds", "How long the last finished run took.",
               [](const Job& job) {
                   return job.last_duration ? Value(time::format_seconds(*job.last_duration))
                                            : Value();
               });
    page.gauge("jobtally_job_failure_streak", "How many of the last runs failed in a row.",
               [](const Job& job) { return Value(std::to_string(job.streak)); });
    page.gauge("jobtally_job_budget_used_ratio",
               "Failed of the jobs that may fail by the objective, of the last 30 days.",
               [](const Job& job) {
                   if (!job.budget_used) return Value();
                   return Value(std::isinf(*job.budget_used) ? "+Inf"
                                                             : fmt::format("{}", *job.budget_used));
               });
    auto& text = page.text();
    text.gauge("jobtally_jobs_left_out", static_cast<std::int64_t>(jobs.left_out),
               "Definitions that are not told of: too many, or with too long an id.");
    text.family("jobtally_jobs_computed_timestamp_seconds", "gauge",
                "The moment that the figures of the jobs are of.");
    text.sample({}, std::string_view(unix_time(options.now)));
    return text.take();
}

}  // namespace jobtally::digest
