// Definitions that failed, with their whole streaks.
#include "core/digest/sections.hpp"
#include "core/judge/streaks.hpp"

#include <algorithm>
#include <span>

namespace jobtally::digest {

namespace {

using table::Audience;

bool is_own(const query::Run& run) {
    return !run.succeeded() && run.in_window;
}

// The longest of the jobs without a definition that failed in the window; of equal ones the first.
std::optional<judge::Streak> longest_by_name(const SummaryFacts& facts) {
    std::optional<judge::Streak> longest;
    for (const auto& [name, own] : judge::by_name(facts.names, facts.history.of(0))) {
        if (std::none_of(own.begin(), own.end(), is_own)) continue;
        const auto streak = judge::current_streak(own);
        if (!streak) continue;
        const auto is_longer = [](const judge::Streak& a, const judge::Streak& b) {
            return std::pair(a.length, -a.failing_since) > std::pair(b.length, -b.failing_since);
        };
        if (!longest || is_longer(*streak, *longest)) longest = streak;
    }
    return longest;
}

// A streak that goes on at the end of the window may have begun before it, or have been ended by a
// run that began later and took less time.
void put_streak(answers::FailuresRow& row, const std::optional<judge::Streak>& streak) {
    row.streak = streak ? streak->length : 0;
    row.failing_since.reset();
    if (streak) row.failing_since = time::instant_from_micros(streak->failing_since);
}

}  // namespace

table::Section failed_section(const SummaryFacts& facts) {
    table::Section section{
        "failed", "Failed",
        section_table({{"failed", "failed"},
                       {"finished", "of"},
                       {.key = "streak", .title = "in a row", .gives_way = 3},
                       {.key = "failing_since", .title = "failing since", .gives_way = 4},
                       {.key = "last_failure_at", .title = "last failure", .gives_way = 5},
                       {"last_failure_id", "report", Audience::machines},
                       {.key = "next_step", .title = "next", .gives_way = 9}})};
    for (auto row : facts.failures.rows) {
        if (row.counts.failed() == 0) continue;
        const auto definition = facts.definition_of(row.key);
        const auto runs = facts.history.of(definition);
        put_streak(row, definition == 0 ? longest_by_name(facts) : judge::current_streak(runs));
        const bool is_told = std::all_of(runs.begin(), runs.end(), [&](const query::Run& run) {
            return !is_own(run) || facts.is_told(definition, run.created_at, row.streak > 0);
        });
        if (is_told && std::any_of(runs.begin(), runs.end(), is_own))
            section.told.push_back(section.table.rows.size());
        const std::string id = row.last_failure_id.value_or("");
        add_row(
            section.table, row.key,
            {row.counts.failed(), row.counts.finished(), table::cell_or_unknown(row.streak),
             table::cell_or_unknown(row.failing_since), table::cell_or_unknown(row.last_failure_at),
             table::cell_or_unknown(row.last_failure_id), next_step(id)});
    }
    constexpr const char* times[] = {"created", "updated", "received"};  // by WhichTime
    const auto& asked = facts.scope.selection();
    section.told_lists = failures_listed(times[static_cast<std::size_t>(asked.at)], asked.span);
    return section;
}

}  // namespace jobtally::digest
