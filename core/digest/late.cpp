// Reports that came late: of jobs that had ended before the window, and that no digest has told.
#include "core/base/numbers.hpp"
#include "core/digest/sections.hpp"
#include "core/digest/summary.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

using table::Audience;

// More than so many are history that was loaded, which is told in one line.
constexpr std::size_t most_rows = 20;
constexpr std::int64_t most_reports = 200;
// What ends so long after the window, and has come within it, has a wrong clock.
constexpr std::chrono::minutes wrong_clock{1};

// The successes of a definition that are odd.
struct LateOdd {
    std::int64_t empty = 0, unusual = 0;
    store::Sequence one = 0;  // of them
};

LateOdd odd_of(const judge::Findings& found) {
    LateOdd odd;
    if (found.empty.judgement.is_unusual) {
        odd.empty = found.empty.count;
        odd.one = found.empty.last.sequence;
    }
    for (const auto& runs : found.unusual) {
        odd.unusual += runs.count;
        odd.one = runs.worst.sequence;
    }
    return odd;
}

const judge::Findings* findings_of(const SummaryFacts& facts, const query::GroupKey& key) {
    const auto definition = facts.definition_of(key);
    const auto& all = facts.late_findings;  // ascending
    const auto found = std::lower_bound(
        all.begin(), all.end(), definition,
        [](const auto& one, std::size_t wanted) { return one.definition < wanted; });
    return found != all.end() && found->definition == definition ? &*found : nullptr;
}

// Partial runs, but for those that the definition always has.
std::int64_t partial_of(const SummaryFacts& facts, const answers::FailuresRow& row) {
    const auto* found = findings_of(facts, row.key);
    return found && !found->partial.judgement.is_problem() ? 0 : row.counts.partial;
}

// `2 failed late, 1 partial late`
std::string trouble_text(const SummaryFacts& facts, const char* after = "") {
    const auto& counts = facts.late_failures.total.counts;
    LateOdd odd;
    for (const auto& found : facts.late_findings) {
        const LateOdd more = odd_of(found);
        odd.empty += more.empty;
        odd.unusual += more.unusual;
    }
    std::int64_t partial = 0;
    for (const auto& row : facts.late_failures.rows) partial += partial_of(facts, row);
    std::string text;
    const auto add = [&](std::int64_t count, const char* what) {
        if (count == 0) return;
        text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", count_text(count), what, after);
    };
    add(counts.failed(), "failed");
    add(partial, "partial");
    add(odd.empty, "empty");
    add(odd.unusual, "unusual");
    return text;
}

// `, odd ones of "A", "B"`: where no row says whose they are.
std::string whose_odd(const SummaryFacts& facts) {
    std::vector<std::string> names;
    for (const auto& row : facts.late_failures.rows) {
        const auto* found = findings_of(facts, row.key);
        if (!found || odd_of(*found).one == 0) continue;
        const auto* label = std::get_if<std::string>(&row.key[1]);
        const auto* id = std::get_if<std::string>(&row.key[0]);
        if (label || id) names.push_back(label ? *label : *id);
    }
    return names.empty() ? "" : ", odd ones of " + some_of(names, most_rows);
}

std::string option_text(const char* option, const std::optional<time::Instant>& at) {
    return at ? fmt::format(" {} {}", option, time::format_utc(*at)) : "";
}

}  // namespace

std::string failures_listed(const char* at, const time::TimeSpan& span) {
    return fmt::format("; `jobtally failures --at {}{}{}` lists them", at,
                       option_text("-S", span.since), option_text("-U", span.until));
}

query::Selection as_of_its_end(query::Selection asked, time::Instant now) {
    const auto& until = asked.span.until;
    constexpr std::chrono::minutes start{1};
    if (until && asked.span.since && now > *until && now < *until + start) {
        asked.also = {store::WhichTime::received, {until, *until + start}, false};
    }
    return asked;
}

std::optional<query::Selection> late_selection(const query::Selection& asked) {
    if (!asked.span.since || asked.at == store::WhichTime::received) return std::nullopt;
    query::Selection late = asked;
    auto own = asked.span;
    if (own.until) own.until = *own.until + wrong_clock;
    late.also = {asked.at, own, false};
    late.at = store::WhichTime::received;
    late.min_runs = 0;
    return late;
}

bool is_bulk(const answers::FailuresAnswer& late) {
    const auto rows = std::count_if(late.rows.begin(), late.rows.end(), [](const auto& row) {
        return row.counts.failed() > 0 || row.counts.partial > 0;
    });
    return late.total.counts.finished() > most_reports ||
           static_cast<std::size_t>(rows) > most_rows;
}

table::Section late_section(const SummaryFacts& facts) {
    table::Section section{
        "late", "Came late",
        section_table({{"failed", "failed"},
                       {"partial", "partial"},
                       {"odd", "odd"},
                       {"empty", "empty", Audience::machines},
                       {"unusual", "unusual", Audience::machines},
                       {"finished", "of"},
                       {.key = "last_failure_at", .title = "last failure", .gives_way = 4},
                       {"last_failure_id", "report", Audience::machines},
                       {.key = "next_step", .title = "next", .gives_way = 9}})};
    for (const auto& row : facts.late_failures.rows) {
        const auto* found = findings_of(facts, row.key);
        LateOdd odd = found ? odd_of(*found) : LateOdd{};
        const bool has_partial = partial_of(facts, row) > 0;
        if (row.counts.failed() == 0 && !has_partial && odd.one == 0) continue;
        if (odd.one == 0 && has_partial && found) odd.one = found->partial.last.sequence;
        const auto& failed = row.last_failure_id;
        const auto next =
            failed || odd.one == 0
                ? failed
                : std::optional(store::read_ids(facts.scope.store(), std::vector{odd.one}).front());
        add_row(
            section.table, row.key,
            {row.counts.failed(), row.counts.partial, odd.empty + odd.unusual, odd.empty,
             odd.unusual, row.counts.finished(), table::cell_or_unknown(row.last_failure_at),
             table::cell_or_unknown(failed), next ? table::Cell{next_step(*next)} : table::Cell{}});
    }
    section.in_headline = trouble_text(facts, " late");
    return section;
}

table::Mention late_mention(const SummaryFacts& facts, std::int64_t from_the_future) {
    const auto& late = facts.late_failures;
    const query::Counts& counts = late.total.counts;
    const auto trouble = trouble_text(facts);
    const auto whose = facts.late_is_bulk ? whose_odd(facts) : "";
    const auto reports = counts.finished() - from_the_future;
    auto sentence = counted(reports, "report", "reports") +
                    " came late: the jobs had ended before" +
                    (trouble.empty() ? "" : fmt::format(" ({}{})", trouble, whose));
    if (facts.late_is_bulk) sentence += failures_listed("received", late.window.span);
    return {"late_reports", reports, sentence};
}

}  // namespace jobtally::digest
