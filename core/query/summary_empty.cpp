// Successes without records.
#include "core/query/summary_sections.hpp"

#include <algorithm>

namespace jobtally::query {

using table::Audience;

table::Section empty_section(const SummaryFacts& facts) {
    table::Section section{"empty", "Empty",
                           section_table({{"empty", "empty"},
                                          {"finished", "of"},
                                          {"last_empty_at", "last empty"},
                                          {"last_empty_id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    auto rows = facts.flawed;
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

}  // namespace jobtally::query
