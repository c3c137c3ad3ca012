// What happened: incidents of a window, by the runs of all its definitions.
#pragma once

#include "core/incidents/coincidence.hpp"
#include "core/judge/findings.hpp"
#include "core/judge/streaks.hpp"
#include "core/query/run_history.hpp"
#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::incidents {

struct IncidentsAnswer {
    table::Window window;
    time::Zone zone;
    std::vector<Incident> incidents;  // by their beginning, the newest last
    // Of each definition: its label, else its id. Jobs without a definition follow, by their names,
    // and have no id.
    std::vector<std::string> names;
    std::vector<std::string> ids;

    std::int64_t lasting() const;
};

// As things are or were at the end of the window, with the gaps among as many runs as the window
// has of the definition that has most, and some before it. `history` is that around the window.
rhythm::MissedAnswer missed_with_gaps(const query::Scope& scope, rhythm::MissedOptions options,
                                      const query::RunHistory& history);
// Those that were not over before the window, judged by the runs before it as well. The definitions
// are judged part by part: of `runs_at_once` runs of the window, or of one definition, more is kept
// than moments.
IncidentsAnswer incidents(const query::Scope& scope, rhythm::MissedOptions options,
                          judge::Budget budget = {}, std::int64_t runs_at_once = 1'000'000);
// The same where the runs have been read and judged already; `findings` are by definition,
// ascending, and `names` those of the history's runs without one.
IncidentsAnswer incidents(const query::Scope& scope, const rhythm::MissedOptions& options,
                          const rhythm::MissedAnswer& missed, const query::RunHistory& history,
                          const std::vector<judge::Findings>& findings, const judge::Names& names,
                          judge::Budget budget);

table::ResultTable incidents_table(const IncidentsAnswer& answer);
// `37 of 41 definitions failed, 4 work again`, `"User import" failed 3 times`
std::string what_happened(const IncidentsAnswer& answer, const Incident& incident);
// `02:00 to 06:10`, with days where they are not that of the window's end; `since 02:00`.
std::string when_text(const IncidentsAnswer& answer, const Incident& incident);

}  // namespace jobtally::incidents
