// Failed definitions, with their whole streaks.
#include "core/query/failures.hpp"
#include "core/query/summary_sections.hpp"

#include <algorithm>

namespace jobtally::query {

namespace {

using table::Audience;

// A streak that fills the window may have begun before it: then look at all that came before its
// end.
FailuresAnswer failures_with_whole_streaks(const Scope& scope) {
    FailuresAnswer answer = failures(scope);
    const auto fills_window = [](const FailuresRow& row) {
        return row.streak && *row.streak > 0 && *row.streak == row.counts.finished();
    };
    const bool any = std::any_of(answer.rows.begin(), answer.rows.end(), fills_window);
    if (!scope.selection().span.since || !any) return answer;
    Selection before = scope.selection();
    before.span.since.reset();
    before.min_runs = 0;
    const FailuresAnswer whole = failures(Scope(scope.store(), before));
    for (auto& row : answer.rows) {
        if (!fills_window(row)) continue;
        const auto same =
            std::find_if(whole.rows.begin(), whole.rows.end(), [&](const FailuresRow& other) {
                return other.key[0] == row.key[0];  // definition_id
            });
        if (same == whole.rows.end()) continue;
        row.streak = same->streak;
        row.failing_since = same->failing_since;
    }
    return answer;
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
    for (const auto& row : failures_with_whole_streaks(facts.scope).rows) {
        if (row.counts.failed() == 0) continue;
        const std::string id = row.last_failure_id.value_or("");
        add_row(
            section.table, row.key,
            {row.counts.failed(), row.counts.finished(), table::cell_or_unknown(row.streak),
             table::cell_or_unknown(row.failing_since), table::cell_or_unknown(row.last_failure_at),
             table::cell_or_unknown(row.last_failure_id), next_step(id)});
    }
    return section;
}

}  // namespace jobtally::query
