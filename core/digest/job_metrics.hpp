// Each definition as samples for Prometheus: how its jobs end, and whether they come.
#pragma once

#include "core/query/objectives.hpp"
#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"

#include <cstddef>
#include <string>

namespace jobtally::digest {

inline constexpr std::size_t most_jobs = 10'000;

// The families `jobtally_job_...` of the definitions in the scope, in the text format: of the
// most_jobs that ran last, and of those alone whose id has at most 200 bytes; longer names are cut.
// Gauges all: reports may be pruned. Of definitions with an objective of their own there is how
// much of the error budget is used by what ended in the 30 days before `options.now`. It reads the
// scope several times, so it is no work for a thread that answers.
std::string job_metrics(const query::Scope& scope, const rhythm::MissedOptions& options,
                        const query::Objectives& objectives = {});

}  // namespace jobtally::digest
