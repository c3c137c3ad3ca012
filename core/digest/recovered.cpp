// Definitions that failed and work again.
#include "core/base/numbers.hpp"
#include "core/digest/sections.hpp"
#include "core/judge/streaks.hpp"
#include "core/store/reports/read_reports.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <unordered_map>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

using table::Audience;

struct Row {
    query::GroupKey key;
    std::size_t definition;
    judge::Recovery recovery;
};

using Runs = std::span<const query::Run>;

// Reports without a definition are of different jobs, which only their names tell apart; those
// without a name are left out.
std::map<std::string, std::vector<query::Run>> by_name(const query::Scope& scope, Runs runs) {
    using store::FactColumn;
    std::unordered_map<store::Sequence, store::WordKey> names;
    const auto columns = FactColumn::sequence | FactColumn::definition | FactColumn::name;
    const time::TimeSpan span{time::instant_from_micros(runs.front().created_at), std::nullopt};
    scope.scan(columns, span, store::WhichTime::created, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.definition[i] == 0) names.emplace(batch.sequence[i], batch.name[i]);
        }
    });
    std::map<std::string, std::vector<query::Run>> named;
    for (const auto& run : runs) {
        const auto* name = scope.catalogue().word(names[run.sequence]);
        if (name != nullptr) named[*name].push_back(run);
    }
    return named;
}

std::vector<Row> without_definition(const SummaryFacts& facts, Runs runs) {
    const auto may_recover = [](const query::Run& run) {
        return !run.succeeded() || run.had_failed;
    };
    if (std::none_of(runs.begin(), runs.end(), may_recover)) return {};
    std::vector<Row> rows;
    for (const auto& [name, of_name] : by_name(facts.scope, runs)) {
        const auto recovery = judge::longest_recovery(of_name);
        if (recovery) rows.push_back({{table::Cell{}, name, table::Cell{}}, 0, *recovery});
    }
    return rows;
}

std::vector<Row> longest_first(const SummaryFacts& facts) {
    std::vector<Row> rows;
    for (const std::size_t definition : facts.history.definitions()) {
        const Runs runs = facts.history.as_told(definition);
        if (definition == 0) {
            rows = without_definition(facts, runs);
            continue;
        }
        const auto recovery = judge::longest_recovery(runs);
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
