// Definitions that have become slower.
#include "core/base/numbers.hpp"
#include "core/digest/sections.hpp"
#include "core/judge/unusual.hpp"
#include "core/store/reports/read_reports.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::digest {

using table::Audience;
using table::Cell;

table::Section slower_section(const SummaryFacts& facts) {
    table::Section section{"slower", "Slower",
                           section_table({{"now_seconds", "takes now"},
                                          {"usual_seconds", "was usual"},
                                          {"factor", "times"},
                                          {"slower_since", "since"},
                                          {"runs", "runs"},
                                          {"now_operations", "records now", Audience::machines},
                                          {"usual_operations", "records", Audience::machines},
                                          {"distance", "distance", Audience::machines},
                                          {"cause", "cause", Audience::machines},
                                          {"why", "why"},
                                          {"last_id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    std::vector<judge::Slower> rows;
    for (const auto& findings : facts.findings) {
        if (findings.slower) rows.push_back(*findings.slower);
        if (findings.slower) rows.back().definition = findings.definition;
    }
    std::stable_sort(rows.begin(), rows.end(), [](const judge::Slower& a, const judge::Slower& b) {
        return a.factor() > b.factor();
    });
    std::vector<store::Sequence> sequences;
    for (const auto& row : rows) sequences.push_back(row.last);
    const auto ids = store::read_ids(facts.scope.store(), sequences);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const judge::Slower& row = rows[i];
        const auto why = judge::cause_text(row.cause, true);
        add_row(section.table, facts.key(row.definition),
                {time::Duration{row.now}, time::Duration{row.usual}, table::Number{row.factor()},
                 time::instant_from_micros(row.since), row.runs,
                 table::cell_or_unknown(row.now_operations),
                 table::cell_or_unknown(row.usual_operations), table::Number{row.z},
                 table::text_or_unknown(name_of(row.cause)), table::text_or_unknown(why), ids[i],
                 next_step(ids[i])});
    }
    const auto count = static_cast<std::int64_t>(rows.size());
    if (count > 0) {
        section.in_headline = fmt::format("{} {} slower", count_text(count),
                                          count == 1 ? "definition" : "definitions");
    }
    return section;
}

}  // namespace jobtally::digest
