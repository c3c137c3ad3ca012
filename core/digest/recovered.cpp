// Definitions that failed and work again.
#include "core/base/numbers.hpp"
#include "core/digest/sections.hpp"
#include "core/judge/streaks.hpp"
#include "core/store/reports/read_reports.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

using table::Audience;

struct Row {
    query::GroupKey key;
    std::size_t definition;
    judge::Recovery recovery;
};

std::vector<Row> without_definition(const SummaryFacts& facts) {
    std::vector<Row> rows;
    for (const auto& [name, runs] : judge::by_name(facts.names, facts.history.as_told(0))) {
        const auto recovery = judge::longest_recovery(runs, facts.late_is_bulk);
        if (!recovery) continue;
        const auto known = name.empty() ? table::Cell{} : table::Cell{name};
        rows.push_back({{table::Cell{}, known, table::Cell{}}, 0, *recovery});
    }
    return rows;
}

std::vector<Row> longest_first(const SummaryFacts& facts) {
    std::vector<Row> rows;
    for (const std::size_t definition : facts.history.definitions()) {
        if (definition == 0) {
            rows = without_definition(facts);
            continue;
        }
        const auto recovery =
            judge::longest_recovery(facts.history.as_told(definition), facts.late_is_bulk);
        if (recovery) rows.push_back({facts.key(definition), definition, *recovery});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return a.recovery.micros() > b.recovery.micros();
    });
    return rows;
}

}  // namespace

table::Section recovered_section(const SummaryFacts& facts) {
    table::Section section{
        "recovered", "Recovered",
        section_table({{.key = "failures", .title = "failed in a row", .gives_way = 3},
                       {.key = "failing_since", .title = "failing since", .gives_way = 5},
                       {"recovered_at", "recovered"},
                       {.key = "recovery_seconds", .title = "after", .gives_way = 4},
                       {"id", "report", Audience::machines},
                       {.key = "next_step", .title = "next", .gives_way = 9}})};
    const auto rows = longest_first(facts);
    std::vector<store::Sequence> sequences;
    for (const auto& row : rows) sequences.push_back(row.recovery.success);
    const auto ids = store::read_ids(facts.scope.store(), sequences);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const judge::Recovery& recovery = rows[i].recovery;
        if (facts.is_told(rows[i].definition, recovery.streak.failing_since))
            section.told.push_back(i);
        add_row(section.table, rows[i].key,
                {recovery.streak.length, time::instant_from_micros(recovery.streak.failing_since),
                 time::instant_from_micros(recovery.recovered_at),
                 time::Duration{recovery.micros()}, ids[i], next_step(ids[i])});
    }
    if (!rows.empty()) {
        section.in_headline =
            fmt::format("{} recovered", count_text(static_cast<std::int64_t>(rows.size())));
    }
    return section;
}

}  // namespace jobtally::digest
