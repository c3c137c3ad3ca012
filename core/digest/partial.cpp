// Successes with failed records.
#include "core/digest/sections.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::digest {

using table::Audience;
using table::Cell;

table::Section partial_section(const SummaryFacts& facts) {
    table::Section section{"partial", "Partial",
                           section_table({{"partial", "partial"},
                                          {"finished", "of"},
                                          {"operations_failed", "records failed"},
                                          {"operations", "of records"},
                                          {"operation_failure_rate", "failure"},
                                          {"last_partial_at", "last partial"},
                                          {"last_partial_id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    auto rows = facts.flawed;
    std::erase_if(rows, [](const auto& row) { return row.partial.count == 0; });
    const auto badness = [](const judge::FlawedDefinition& row) {
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

}  // namespace jobtally::digest
