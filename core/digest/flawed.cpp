// Successes with a flaw: failed records, or none at all.
#include "core/digest/sections.hpp"
#include "core/store/reports/read_reports.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace jobtally::digest {

namespace {

using judge::Findings;
using judge::Flaws;
using table::Audience;
using table::Cell;

// Problems first, the worst of them foremost. `figures` makes the cells that stand before the
// share that is usual.
template <class Badness, class Figures>
void fill(table::Section& section, const SummaryFacts& facts, Flaws Findings::*flaws,
          Badness badness, Figures figures) {
    std::vector<const Findings*> rows;
    for (const auto& found : facts.findings) {
        if ((found.*flaws).count > 0) rows.push_back(&found);
    }
    const auto place = [&](const Findings* row) {
        return std::pair((row->*flaws).judgement.is_problem(), badness(row->*flaws));
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const Findings* a, const Findings* b) { return place(a) > place(b); });
    std::vector<store::Sequence> sequences;
    for (const auto* row : rows) sequences.push_back((row->*flaws).last.sequence);
    const auto ids = store::read_ids(facts.scope.store(), sequences);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Flaws& flaw = rows[i]->*flaws;
        std::vector<Cell> cells{flaw.count, rows[i]->finished};
        for (auto& cell : figures(flaw)) cells.push_back(std::move(cell));
        for (auto& cell :
             {table::ratio_cell(flaw.judgement.usual_share), Cell{flaw.judgement.is_problem()},
              Cell{time::instant_from_micros(flaw.last.created_at)}, Cell{ids[i]},
              Cell{next_step(ids[i])}})
            cells.push_back(cell);
        add_row(section.table, facts.key(rows[i]->definition), cells);
        section.quiet_rows += flaw.judgement.is_problem() ? 0 : 1;
    }
}

}  // namespace

table::Section partial_section(const SummaryFacts& facts) {
    table::Section section{
        "partial", "Partial",
        section_table({{"partial", "partial"},
                       {"finished", "of"},
                       {.key = "operations_failed", .title = "records failed", .gives_way = 3},
                       {.key = "operations", .title = "of records", .gives_way = 5},
                       {.key = "operation_failure_rate", .title = "failure", .gives_way = 2},
                       {.key = "usual_partial_rate", .title = "usually partial", .gives_way = 5},
                       {"unusual", "unusual", Audience::machines},
                       {.key = "last_partial_at", .title = "last partial", .gives_way = 4},
                       {"last_partial_id", "report", Audience::machines},
                       {.key = "next_step", .title = "next", .gives_way = 9}})};
    const auto badness = [](const Flaws& flaws) {
        return std::pair(flaws.failure_rate().value_or(1.0), flaws.count);
    };
    fill(section, facts, &Findings::partial, badness, [](const Flaws& flaws) {
        return std::vector<Cell>{flaws.failed, flaws.operations,
                                 table::ratio_cell(flaws.failure_rate())};
    });
    return section;
}

table::Section empty_section(const SummaryFacts& facts) {
    table::Section section{
        "empty", "Empty",
        section_table({{"empty", "empty"},
                       {"finished", "of"},
                       {.key = "usual_operations", .title = "usual records", .gives_way = 5},
                       {.key = "usual_empty_rate", .title = "usually empty", .gives_way = 4},
                       {"unusual", "unusual", Audience::machines},
                       {.key = "last_empty_at", .title = "last empty", .gives_way = 3},
                       {"last_empty_id", "report", Audience::machines},
                       {.key = "next_step", .title = "next", .gives_way = 9}})};
    const auto badness = [](const Flaws& flaws) { return flaws.count; };
    fill(section, facts, &Findings::empty, badness, [](const Flaws& flaws) {
        return std::vector<Cell>{table::cell_or_unknown(flaws.usual_operations)};
    });
    return section;
}

}  // namespace jobtally::digest
