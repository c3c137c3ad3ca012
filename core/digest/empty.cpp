// Successes without records.
#include "core/digest/sections.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace jobtally::digest {

namespace {

using table::Audience;
using table::Cell;

struct EmptyRow {
    const judge::FlawedDefinition* flawed;
    judge::EmptyRuns empty;

    // How many of the empty runs someone should look at.
    std::int64_t problems() const {
        const bool judged = empty.last.has_value();
        return judged ? empty.unusual + empty.unjudged : flawed->empty.count;
    }
};

std::vector<EmptyRow> worst_first(const SummaryFacts& facts) {
    std::vector<EmptyRow> rows;
    for (const auto& flawed : facts.flawed) {
        if (flawed.empty.count == 0) continue;
        rows.push_back({&flawed, {}});
        const std::size_t definition = facts.definition_of(flawed.key);
        for (const auto& found : facts.findings) {
            if (found.definition == definition) rows.back().empty = found.empty;
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const EmptyRow& a, const EmptyRow& b) {
        return std::pair(a.problems(), a.flawed->empty.count) >
               std::pair(b.problems(), b.flawed->empty.count);
    });
    return rows;
}

// The share of empty runs among those before the last one.
Cell share_cell(const std::optional<judge::EmptyRun>& last) {
    if (!last || last->before() == 0) return {};
    const std::int64_t empty = last->empty + last->in_a_row - 1;
    return table::Ratio{static_cast<double>(empty) / static_cast<double>(last->before())};
}

}  // namespace

table::Section empty_section(const SummaryFacts& facts) {
    table::Section section{"empty", "Empty",
                           section_table({{"empty", "empty"},
                                          {"finished", "of"},
                                          {"usual_operations", "usual records"},
                                          {"usual_empty_rate", "usually empty"},
                                          {"unusual", "unusual", Audience::machines},
                                          {"last_empty_at", "last empty"},
                                          {"last_empty_id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    for (const auto& row : worst_first(facts)) {
        const auto& flaw = row.flawed->empty;
        add_row(section.table, row.flawed->key,
                {flaw.count, row.flawed->finished,
                 table::cell_or_unknown(row.empty.usual_operations), share_cell(row.empty.last),
                 row.problems() > 0, flaw.last_at, flaw.last_id, next_step(flaw.last_id)});
        section.quiet_rows += row.problems() == 0 ? 1 : 0;
    }
    return section;
}

}  // namespace jobtally::digest
