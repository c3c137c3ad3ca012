// Puts the digest together from the questions it is made of.
#include "core/query/summary.hpp"

#include "core/query/failures.hpp"
#include "core/query/flaws.hpp"
#include "core/store/rejected.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace jobtally::query {

namespace {

using table::Audience;
using table::Cell;

// 12345 as `12,345`.
std::string with_commas(std::int64_t number) {
    const std::string digits = fmt::format("{}", number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string headline_of(const Counts& counts, std::int64_t empty, std::int64_t rejected) {
    std::string text = "no finished jobs";
    if (const auto rate = counts.success_rate().value()) {
        text = fmt::format("{} of {} {} succeeded ({:.1f} %)", with_commas(counts.succeeded()),
                           with_commas(counts.finished()), counts.finished() == 1 ? "job" : "jobs",
                           100 * *rate);
    }
    if (counts.partial > 0) text += fmt::format(", {} partial", with_commas(counts.partial));
    if (empty > 0) text += fmt::format(", {} empty", with_commas(empty));
    if (counts.running() > 0) text += fmt::format(", {} running", with_commas(counts.running()));
    if (counts.operations > 0) {
        text += fmt::format("; {} of {} records", with_commas(counts.operations_succeeded),
                            with_commas(counts.operations));
    }
    if (rejected > 0) text += fmt::format("; {} rejected", with_commas(rejected));
    return text;
}

// A command to copy into a shell: ids come from outside.
std::string next_step(const std::string& id) {
    const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-' || c == '.' || c == ':';
    });
    const char* command = id.starts_with('-') ? "jobtally show --" : "jobtally show";
    if (plain) return fmt::format("{} {}", command, id);
    std::string quoted;
    for (const char c : id) {
        if (c == '\'') quoted += "'\\'";
        quoted += c;
    }
    return fmt::format("{} '{}'", command, quoted);
}

table::ResultTable section_table(std::initializer_list<table::Column> columns) {
    table::ResultTable table;
    table.columns = {{"definition_id", "definition id", Audience::machines, true},
                     {"definition_name", "definition", Audience::everyone, true},
                     {"type", "type", Audience::machines, true}};
    table.columns.insert(table.columns.end(), columns);
    return table;
}

void add_row(table::ResultTable& table, GroupKey key, std::initializer_list<Cell> figures) {
    key.resize(3);
    key.insert(key.end(), figures);
    table.rows.push_back(std::move(key));
}

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

table::Section failed_section(const Scope& scope) {
    table::Section section{"failed", "Failed",
                           section_table({{"failed", "failed"},
                                          {"finished", "of"},
                                          {"streak", "in a row"},
                                          {"failing_since", "failing since"},
                                          {"last_failure_at", "last failure"},
                                          {"last_failure_id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    for (const auto& row : failures_with_whole_streaks(scope).rows) {
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

table::Section partial_section(const std::vector<FlawedDefinition>& flawed) {
    table::Section section{"partial", "Partial",
                           section_table({{"partial", "partial"},
                                          {"finished", "of"},
                                          {"operations_failed", "records failed"},
                                          {"operations", "of records"},
                                          {"operation_failure_rate", "failure"},
                                          {"last_partial_at", "last partial"},
                                          {"last_partial_id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    auto rows = flawed;
    std::erase_if(rows, [](const auto& row) { return row.partial.count == 0; });
    const auto badness = [](const FlawedDefinition& row) {
        return std::pair(row.partial_failure_rate().value_or(1.0), row.partial.count);
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const auto& a, const auto& b) { return badness(a) > badness(b); });
    for (const auto& row : rows) {
        const auto rate = row.partial_failure_rate();
        add_row(section.table, row.key,
                {row.partial.count, row.finished, row.partial_failed, row.partial_operations,
                 rate ? Cell{table::Ratio{*rate}} : Cell{}, row.partial.last_at,
                 row.partial.last_id, next_step(row.partial.last_id)});
    }
    return section;
}

table::Section empty_section(const std::vector<FlawedDefinition>& flawed) {
    table::Section section{"empty", "Empty",
                           section_table({{"empty", "empty"},
                                          {"finished", "of"},
                                          {"last_empty_at", "last empty"},
                                          {"last_empty_id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    auto rows = flawed;
    std::erase_if(rows, [](const auto& row) { return row.empty.count == 0; });
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.empty.count > b.empty.count; });
    for (const auto& row : rows) {
        add_row(section.table, row.key,
                {row.empty.count, row.finished, row.empty.last_at, row.empty.last_id,
                 next_step(row.empty.last_id)});
    }
    return section;
}

}  // namespace

bool SummaryAnswer::has_problems() const {
    return rejected > 0 || std::any_of(sections.begin(), sections.end(), [](const auto& section) {
               return !section.table.rows.empty();
           });
}

SummaryAnswer summary(const Scope& scope) {
    SummaryAnswer answer;
    answer.window = window_of(scope.selection());
    answer.total = rates(scope, By::none);
    const auto flawed = flawed_definitions(scope);
    answer.sections = {failed_section(scope), partial_section(flawed), empty_section(flawed)};
    answer.rejected = store::count_rejected(scope.store(), scope.selection().span);
    std::int64_t empty = 0;
    for (const auto& row : flawed) empty += row.empty.count;
    answer.headline = headline_of(answer.total.total.counts, empty, answer.rejected);
    return answer;
}

table::Digest summary_digest(const SummaryAnswer& answer) {
    return {answer.window,
            answer.headline,
            rates_table(answer.total),
            answer.sections,
            {{"rejected", answer.rejected,
              fmt::format("{} rejected: `jobtally db rejected` says why",
                          with_commas(answer.rejected))}}};
}

}  // namespace jobtally::query
