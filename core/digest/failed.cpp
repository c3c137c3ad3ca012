// Definitions that failed, with their whole streaks.
#include "core/digest/sections.hpp"
#include "core/judge/streaks.hpp"

#include <span>

namespace jobtally::digest {

namespace {

using table::Audience;

// A streak that goes on at the end of the window may have begun before it, or have been ended by a
// run that began later and took less time.
void reach_back(answers::FailuresRow& row, std::span<const query::Run> runs) {
    const auto streak = judge::current_streak(runs);
    row.streak = streak ? streak->length : 0;
    row.failing_since.reset();
    if (streak) row.failing_since = time::instant_from_micros(streak->failing_since);
}

}  // namespace

table::Section failed_section(const SummaryFacts& facts) {
    table::Section section{"failed", "Failed",
                           section_table({{"failed", "failed"},
                                          {"finished", "of"},
                                          {"streak", "in a row"},
                                          {"failing_since", "failing since"},
                                          {"last_failure_at", "last failure"},
                                          {"last_failure_id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    for (auto row : facts.failures.rows) {
        if (row.counts.failed() == 0) continue;
        reach_back(row, facts.history.of(facts.definition_of(row.key)));
        const std::string id = row.last_failure_id.value_or("");
        add_row(
            section.table, row.key,
            {row.counts.failed(), row.counts.finished(), table::cell_or_unknown(row.streak),
             table::cell_or_unknown(row.failing_since), table::cell_or_unknown(row.last_failure_at),
             table::cell_or_unknown(row.last_failure_id), next_step(id)});
    }
    return section;
}

}  // namespace jobtally::digest
