// Definitions whose report has not come, those whose last one says that they still run, and those
// whose reports nobody waits for any more.
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/digest/sections.hpp"
#include "core/rhythm/downtime.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

query::GroupKey key_of(const rhythm::MissedRow& row) {
    return {row.id, table::cell_or_unknown(row.label), table::cell_or_unknown(row.type)};
}

std::string count_of(std::int64_t count, const char* what) {
    return count == 0 ? "" : fmt::format("{} {}", count_text(count), what);
}

bool is_late_or_missed(const rhythm::MissedRow& row) {
    return row.is_problem() && row.state != rhythm::Punctuality::stuck;
}

// Runs that were missed until the definition ran again, or a run that was late when the digest
// before was made. The window is that in which the run after them ended, for a mail that was sent
// while it ran could not know of it, or a later one, where only its report came late.
struct MissedBefore {
    std::int64_t runs = 0;
    table::Cell since{}, until{};  // the first slot without a run; created_at of the run after it
    table::Cell late_by{};
    bool is_told = false;  // all of them, by incidents

    bool has_rows() const { return until != table::Cell{}; }
    void add(std::int64_t count, time::Instant first, time::Instant next, bool are_told) {
        is_told = are_told && (runs == 0 || is_told);
        if (runs == 0) since = first;
        until = next;
        runs += count;
    }
};

// The gaps that were over within the window, or that only reports ended that came late; and those
// of their runs that were known to be missed only then.
void add_gaps(MissedBefore& missed, const SummaryFacts& facts, const rhythm::MissedRow& row) {
    const auto& span = facts.scope.selection().span;
    const auto definition = facts.definition_of(key_of(row));
    for (const auto& gap : row.gaps) {
        const std::int64_t count = gap.missed_runs - gap.lost_runs;
        if (count <= 0 || !gap.to || gap.is_over || !span.since) continue;
        const auto told = [&](time::Instant slot) {
            return facts.is_told(definition, time::micros(slot));
        };
        const bool went_on = row.then.last && gap.from >= *row.then.last;
        const bool came_late = went_on && *gap.known_over < *span.since;
        if (came_late || span.contains(*gap.known_over)) {
            missed.add(count, gap.due, *gap.to, told(gap.due) && told(gap.last_due));
            continue;
        }
        if (*gap.known_over >= *span.since) continue;
        for (const auto& [slot, known] : gap.known_later)
            if (span.contains(known)) missed.add(1, slot, *gap.to, told(slot));
    }
}

MissedBefore missed_before(const SummaryFacts& facts, const rhythm::MissedRow& row) {
    MissedBefore missed;
    add_gaps(missed, facts, row);
    const auto& until = facts.scope.selection().span.until;
    const auto& [last, ran_at, ended_at, late_by] = row.then;
    if (missed.runs > 0 || is_late_or_missed(row) || row.is_over() || !ran_at ||
        (until && *ended_at >= *until))
        return missed;
    missed.until = *ran_at;
    if (late_by.count() > 0) missed.late_by = late_by;
    return missed;
}

// What an incident tells already; but that a definition ran again, of which an earlier digest said
// that it was late or missed, has its own row.
bool is_told(const SummaryFacts& facts, const rhythm::MissedRow& row, const MissedBefore& before) {
    if (before.has_rows() && (!before.is_told || row.then.ran_at)) return false;
    return !is_late_or_missed(row) ||
           facts.is_told(facts.definition_of(key_of(row)),
                         time::micros(row.expected_by.value_or(row.last_created_at)));
}

// The definitions that incidents tell, and the commands that list them.
struct Told {
    std::vector<std::string> names{};
    bool are_due = false;
    std::optional<time::Instant> since{};  // of the runs that were missed

    void add(const rhythm::MissedRow& row, const MissedBefore& before) {
        names.push_back(name_or_id(row.label, row.id));
        are_due = are_due || is_late_or_missed(row);
        const auto* at = std::get_if<time::Instant>(&before.since);
        if (at && (!since || *at < *since)) since = *at;
    }
    std::string lists() const {
        const std::string due = are_due ? "`jobtally missed`" : "";
        const auto past =
            since ? fmt::format("`jobtally missed --history --since {}`", time::format_utc(*since))
                  : "";
        const bool are_both = are_due && since;
        return fmt::format(" ({}); {}{}{} {} them", some_of(names), due, are_both ? " and " : "",
                           past, are_both ? "list" : "lists");
    }
};

}  // namespace

table::Section missed_section(const SummaryFacts& facts) {
    table::Section section{
        "missed", "Missed",
        section_table({{"state", "state"},
                       {.key = "rhythm", .title = "usually", .gives_way = 4},
                       {.key = "last_created_at", .title = "last run", .gives_way = 5},
                       {.key = "expected_by", .title = "expected by", .gives_way = 3},
                       {.key = "overdue_seconds", .title = "overdue", .gives_way = 2},
                       {"listener_down_seconds", "listener down", table::Audience::machines},
                       {.key = "missed_runs", .title = "runs missed", .gives_way = 2},
                       {.key = "missed_since", .title = "missed since", .gives_way = 2},
                       {.key = "ran_again_at", .title = "ran again", .gives_way = 2},
                       {.key = "late_by_seconds", .title = "late by", .gives_way = 2}})};
    std::int64_t runs = 0, came_after_all = 0;
    Told told;
    for (const auto& row : facts.missed.rows) {
        const auto before = missed_before(facts, row);
        if (!is_late_or_missed(row) && !before.has_rows()) continue;
        if (!is_late_or_missed(row) && before.runs == 0) ++came_after_all;
        if (is_told(facts, row, before)) {
            section.told.push_back(section.table.rows.size());
            told.add(row, before);
        } else {
            runs += before.runs;
        }
        add_row(section.table, key_of(row),
                {std::string(name_of(row.state)), table::cell_or_unknown(row.rhythm),
                 row.last_created_at, table::cell_or_unknown(row.expected_by),
                 table::cell_or_unknown(row.overdue),
                 row.listener_down.count() > 0 ? table::Cell{row.listener_down} : table::Cell{},
                 before.runs > 0 ? table::Cell{before.runs} : table::Cell{}, before.since,
                 before.until, before.late_by});
    }
    constexpr std::size_t overdue = 7;  // it and what follows it
    table::hide_unknown(section.table, overdue);
    if (!section.told.empty()) section.told_lists = told.lists();
    const auto missed = count_of(facts.missed.of(rhythm::Punctuality::missed), "missed");
    const auto late = count_of(facts.missed.of(rhythm::Punctuality::late), "late");
    section.in_headline = missed + (missed.empty() || late.empty() ? "" : ", ") + late;
    if (runs > 0) {
        section.in_headline +=
            fmt::format("{}{} missed for a time", section.in_headline.empty() ? "" : ", ",
                        counted(runs, "run", "runs"));
    }
    if (came_after_all > 0) {
        section.in_headline +=
            fmt::format("{}{} ran after all", section.in_headline.empty() ? "" : ", ",
                        count_text(came_after_all));
    }
    return section;
}

table::Section stuck_section(const SummaryFacts& facts) {
    table::Section section{
        "stuck", "Stuck",
        section_table({{.key = "rhythm", .title = "usually", .gives_way = 4},
                       {.key = "last_created_at", .title = "last run", .gives_way = 5},
                       {.key = "expected_by", .title = "to end by", .gives_way = 3},
                       {.key = "overdue_seconds", .title = "overdue", .gives_way = 2}})};
    for (const auto& row : facts.missed.rows) {
        if (row.state != rhythm::Punctuality::stuck) continue;
        add_row(section.table, key_of(row),
                {table::cell_or_unknown(row.rhythm), row.last_created_at,
                 table::cell_or_unknown(row.expected_by), table::cell_or_unknown(row.overdue)});
    }
    section.in_headline = count_of(facts.missed.of(rhythm::Punctuality::stuck), "stuck");
    return section;
}

table::Section ended_section(const SummaryFacts& facts) {
    table::Section section{
        "ended", "Ended",
        section_table({{.key = "rhythm", .title = "usually", .gives_way = 4},
                       {"last_created_at", "last run"},
                       {.key = "ended_at", .title = "counts as ended since", .gives_way = 3}})};
    for (const auto& row : facts.missed.rows) {
        if (!row.ended_at || !facts.scope.selection().span.contains(*row.ended_at)) continue;
        add_row(section.table, key_of(row),
                {table::cell_or_unknown(row.rhythm), row.last_created_at, *row.ended_at});
    }
    section.in_headline = count_of(std::ssize(section.table.rows), "ended");
    return section;
}

table::Mention down_mention(const SummaryFacts& facts) {
    const auto& selection = facts.scope.selection();
    const auto end = std::min(facts.now, selection.span.until.value_or(facts.now));
    const auto since = rhythm::down_since(facts.down, end);
    if (!since) return {"listener_down_seconds", 0, ""};
    return {"listener_down_seconds", std::chrono::floor<std::chrono::seconds>(end - *since).count(),
            fmt::format("no listener has been up since {}: what is sent meanwhile is lost",
                        time::format_local(*since, selection.zone, false))};
}

table::Mention lost_mention(const SummaryFacts& facts) {
    std::map<time::Instant, std::int64_t> lost;
    for (const auto& row : facts.missed.rows) {
        for (const auto& gap : row.gaps) {
            if (!gap.to && row.is_over()) continue;
            for (const auto& [end, runs] : gap.lost_by_end) lost[end] += runs;
        }
    }
    const auto& selection = facts.scope.selection();
    const auto& span = selection.span;
    std::int64_t runs = 0, times = 0;
    time::TimeSpan down;
    for (const auto& one : facts.down) {
        const bool is_outside =
            (span.since && *one.until <= *span.since) || (span.until && *one.since >= *span.until);
        if (is_outside || !lost.contains(*one.until)) continue;
        runs += lost[*one.until];
        if (times++ == 0) down.since = one.since;
        down.until = one.until;
    }
    if (runs == 0) return {"lost_runs", 0, ""};
    const auto text = [&](time::Instant at) {
        return time::format_local(at, selection.zone, false);
    };
    const auto from = text(*down.since);
    return {"lost_runs", runs,
            fmt::format("{} due while no listener was up ({}{}): if they ran, the platform's list "
                        "of jobs has them, for `jobtally ingest`",
                        counted(runs, "run was", "runs were"),
                        times > 1 ? fmt::format("{} times, ", count_text(times)) : "",
                        *down.until >= facts.now
                            ? "since " + from
                            : fmt::format("from {} to {}", from, text(*down.until)))};
}

}  // namespace jobtally::digest
