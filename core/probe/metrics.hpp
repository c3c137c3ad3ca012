// What `check` can measure.
#pragma once

#include "core/probe/threshold.hpp"
#include "core/query/objectives.hpp"
#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"
#include "core/table/probe.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::probe {

// What is known besides the store: the clock, schedules and downtimes, and objectives.
struct Given : rhythm::MissedOptions {
    query::Objectives objectives{};
};

// One value of a metric: of a definition, or of everything together.
struct Measured {
    table::ProbeItem item;             // its state is not yet decided
    std::optional<std::int64_t> runs;  // the finished jobs behind it; none: it is not made of jobs
    double value = 0;  // in the metric's unit; infinite where there never was what it waits for
    bool is_overdue = false;   // no value: a run was due, and none has come
    bool is_stand_in = false;  // it was known before, and nothing has come since
    bool is_in_doubt = false;  // or what has come is of a status that is not known
    table::ProbeState state = table::ProbeState::ok;  // where no threshold is given
};

// Why a value is in doubt, to stand behind it.
inline constexpr const char* in_doubt_text = "since then a status that is not known";

struct Metric {
    std::string_view name;     // `job-success-rate`
    std::string_view key;      // for machines: `job_success_rate`
    std::string_view subject;  // what is missing if there is no value: `finished jobs`
    Unit unit;
    bool low_is_bad;      // else high is
    const char* last;     // of this time unless told otherwise: `24h`; empty: of all reports
    bool of_definitions;  // can be asked for each definition
    bool needs_listener;  // all is well only where somebody would know of what happens now
    // The groups that have a value, in no promised order.
    std::vector<Measured> (*measure)(const query::Scope& scope, bool by_definition,
                                     const Given& given);
    // Whether a report gives it a value, by counted_columns; null where it is not made of jobs.
    query::Scope::Counts counts;
};

inline constexpr store::FactColumns counted_columns =
    store::FactColumn::status | store::FactColumn::operations | store::FactColumn::created_at |
    store::FactColumn::updated_at;

// The ids of the definitions that have ended or are disabled: nobody waits for a success of them.
std::set<std::string> ids_over(const query::Scope& scope, const Given& given);

// The metric of that name. Of everything together it is the longest of the streaks, with the name
// of its definition.
std::vector<Measured> measure_failure_streak(const query::Scope& scope, bool by_definition,
                                             const Given& given);

// All metrics, the default first.
const std::vector<Metric>& check_metrics();
// Throws UsageError.
const Metric& check_metric_named(std::string_view name);

}  // namespace jobtally::probe
