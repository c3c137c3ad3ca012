// What the configuration file says of single definitions: `[schedule."User import"]` with `every`
// or `cron`, and `[objective]`. A definition that was renamed keeps what its former name has.
#pragma once

#include "cli/options/globals.hpp"
#include "core/query/objectives.hpp"
#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"

namespace CLI {
class App;
}

namespace jobtally::cli {

// What `missed` judges by: the clock, the schedules of the configuration file, and the times during
// which no listener was running. Throws UsageError for a schedule that has no meaning.
rhythm::MissedOptions missed_options(const Globals& globals, const store::Store& store);

// Warns about schedules and objectives of names that no definition has or had.
void warn_about_names(const Globals& globals, const store::Store& store);

void add_objective(CLI::App& command, std::optional<double>& per_cent);

// Of `--objective` and of the configuration file. Throws UsageError for one that is no per cent.
query::Objectives objectives(const Globals& globals, std::optional<double> per_cent,
                             const store::Store& store);

}  // namespace jobtally::cli
