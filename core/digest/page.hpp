// What the summary's page shows besides its digest: details, and charts of the days.
#pragma once

#include "core/digest/summary.hpp"
#include "core/table/chart.hpp"

#include <cstddef>

namespace jobtally::digest {

// The digest with its page and details. Takes scans of its own: for html alone.
table::Digest summary_page(const query::Scope& scope, const SummaryAnswer& answer,
                           time::Instant now);

// Charts look further back than a short window: at least at 30 days up to its end or, where that is
// still to come, up to `now`; at all days of a longer window, but at most at a year.
struct Charted {
    query::Selection selection;                 // with the charts' span
    std::vector<std::chrono::local_days> days;  // on the clock of the selection's zone
};
Charted charted(const query::Scope& scope, time::Instant now);

inline constexpr std::size_t most_charted_days = 366;
inline constexpr std::size_t most_charted_definitions = 40;
inline constexpr std::size_t most_charted_cells = 8000;  // of the grid day x definition

// Days are those of the time that counts. Worst first: by the lower Wilson bound of the share that
// failed, then failed, then the same of partial ones, then name.
table::DaysChart days_chart(const store::Store& store, const Charted& charted);

}  // namespace jobtally::digest
