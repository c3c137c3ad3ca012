// The schedules of the configuration file: `[schedule."User import"]` with `every` or `cron`.
#pragma once

#include "cli/options/globals.hpp"
#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"

namespace jobtally::cli {

// What `missed` judges by: the clock, the schedules of the configuration file, and the times during
// which no listener was running. Throws UsageError for a schedule that has no meaning.
rhythm::MissedOptions missed_options(const Globals& globals, const store::Store& store);

// Warns about schedules of definitions that the store does not have.
void warn_about_schedules(const Globals& globals, const query::Scope& scope);

}  // namespace jobtally::cli
