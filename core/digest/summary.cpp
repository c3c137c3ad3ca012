// Puts the digest together from the questions it is made of.
#include "core/digest/summary.hpp"

#include "core/base/numbers.hpp"
#include "core/digest/sections.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

constexpr const char* no_report_yet =
    "no report has ever come: `jobtally check --metric age` alerts while none does";

std::string rejected_text(const store::RejectedCount& rejected) {
    return fmt::format("{}{} rejected", rejected.is_exact ? "" : "at least ",
                       count_text(rejected.count));
}

std::string headline_of(const SummaryAnswer& answer, std::int64_t empty) {
    const query::Counts& counts = answer.total.total.counts;
    std::string text = "no finished jobs";
    if (const auto rate = counts.success_rate().value()) {
        text = fmt::format("{} of {} {} succeeded ({})", count_text(counts.succeeded()),
                           count_text(counts.finished()), counts.finished() == 1 ? "job" : "jobs",
                           per_cent_text(*rate));
    }
    if (counts.partial > 0) text += fmt::format(", {} partial", count_text(counts.partial));
    if (empty > 0) text += fmt::format(", {} empty", count_text(empty));
    if (counts.running() > 0) text += fmt::format(", {} running", count_text(counts.running()));
    if (counts.of_other_status() > 0)
        text +=
            fmt::format(", {} of a status that is not known", count_text(counts.of_other_status()));
    if (counts.operations > 0) {
        text += fmt::format("; {} of {} records", query::sum_text(counts.operations_succeeded),
                            query::sum_text(counts.operations));
    }
    std::string more;
    for (const auto& section : answer.sections) {
        if (section.in_headline.empty() || &section == &answer.sections.front()) continue;
        more += (more.empty() ? "; " : ", ") + section.in_headline;
    }
    text += more;
    if (answer.rejected.count > 0) text += "; " + rejected_text(answer.rejected);
    if (answer.lost.count > 0)
        text += fmt::format("; {} may be lost", counted(*answer.lost.count, "run", "runs"));
    if (answer.down.count > 0) text = "no listener is up; " + text;
    const auto& incidents = answer.sections.front().in_headline;
    if (!incidents.empty()) text = incidents + "; in the whole window " + text;
    if (answer.unkept.count > 0)
        text = fmt::format("{} not kept; {}",
                           counted(*answer.unkept.count, "request was", "requests were"), text);
    if (!answer.unkept.count) text = "what was not kept can't be read; " + text;
    if (!answer.spooled.count) text = "the spool can't be used; " + text;
    if (answer.spooled.count > 0)
        text =
            fmt::format("{} in the spool; {}",
                        counted(*answer.spooled.count, "delivery waits", "deliveries wait"), text);
    return text;
}

}  // namespace

bool SummaryAnswer::has_problems() const {
    return spooled.count != 0 || unkept.count != 0 || rejected.count > 0 || odd.count > 0 ||
           future.count > 0 || down.count > 0 || lost.count > 0 ||
           std::any_of(sections.begin(), sections.end(), [](const auto& section) {
               return section.table.rows.size() > section.quiet_rows;
           });
}

SummaryAnswer summary(const query::Scope& scope, const rhythm::MissedOptions& options,
                      bool knows_arrivals, judge::Budget budget, table::Mention spooled,
                      table::Mention unkept) {
    using judge::Unusual;
    const SummaryFacts facts(scope, options, knows_arrivals, budget);
    SummaryAnswer answer;
    answer.window = query::window_of(scope.selection());
    answer.total = answers::rates(scope, query::By::none);
    answer.sections = {
        incidents_section(facts),
        failed_section(facts),
        missed_section(facts),
        stuck_section(facts),
        partial_section(facts),
        empty_section(facts),
        shift_section(facts, Unusual::slower),
        shift_section(facts, Unusual::faster),
        shift_section(facts, Unusual::more),
        shift_section(facts, Unusual::fewer),
        unusual_section(facts),
        recovered_section(facts),
        ended_section(facts),
        late_section(facts),
    };
    answer.spooled = std::move(spooled);
    answer.unkept = std::move(unkept);
    answer.future = future_mention(facts);
    answer.odd = odd_mention(facts);
    answer.late = late_mention(facts, *answer.future.count);
    answer.late_is_bulk = facts.late_is_bulk;
    answer.down = down_mention(facts);
    answer.lost = lost_mention(facts);
    answer.rejected = store::count_rejected(scope.store(), scope.selection().span);
    std::int64_t empty = 0;
    for (const auto& found : facts.findings) empty += found.empty.count;
    const bool is_empty = knows_arrivals && store::last_sequence(scope.store()) == 0;
    answer.headline = is_empty ? no_report_yet : headline_of(answer, empty);
    return answer;
}

table::Digest summary_digest(const SummaryAnswer& answer) {
    auto figures = answers::rates_table(answer.total);
    if (figures.rows.empty()) figures.rows.push_back(figures.total.value());  // no report at all
    return {answer.window,
            answer.headline,
            figures,
            answer.sections,
            {answer.spooled,
             answer.unkept,
             answer.down,
             answer.lost,
             {"rejected", answer.rejected.count,
              rejected_text(answer.rejected) + ": `jobtally db rejected` says why"},
             answer.odd,
             answer.future,
             answer.late}};
}

void drop_bulk(table::Digest& digest, const SummaryAnswer& answer) {
    if (answer.late_is_bulk) digest.sections.back().table.rows.clear();
}

void drop_told(table::Digest& digest) {
    for (auto& section : digest.sections) {
        auto& rows = section.table.rows;
        for (auto place = section.told.rbegin(); place != section.told.rend(); ++place) {
            rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(*place));
        }
        section.told_above = section.told.size();
        section.told.clear();
    }
}

void keep_top(table::Digest& digest, std::size_t most) {
    for (auto& section : digest.sections) {
        auto& rows = section.table.rows;
        if (most == 0 || rows.size() <= most) continue;
        section.left_out = rows.size() - most;
        section.quiet_rows -= std::min(section.quiet_rows, section.left_out);
        rows.resize(most);
    }
}

void drop_quiet_rows(table::Digest& digest) {
    for (auto& section : digest.sections) {
        auto& rows = section.table.rows;
        rows.resize(rows.size() - section.quiet_rows);
        section.quiet_rows = 0;
    }
}

}  // namespace jobtally::digest
