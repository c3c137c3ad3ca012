// Runs that took, or moved, far more or less than their definition's runs do.
#include "core/judge/unusual.hpp"

#include "core/base/numbers.hpp"
#include "core/digest/sections.hpp"
#include "core/store/reports/read_reports.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

using table::Audience;
using table::Cell;

struct UnusualRow {
    std::size_t definition;
    const judge::UnusualRuns* runs;

    double badness() const { return std::abs(std::log(runs->comparison().factor())); }
    bool is_pace() const {
        return runs->kind == judge::Unusual::slower || runs->kind == judge::Unusual::faster;
    }
};

std::vector<UnusualRow> worst_first(const std::vector<judge::Findings>& findings) {
    std::vector<UnusualRow> rows;
    for (const auto& found : findings) {
        for (const auto& runs : found.unusual) rows.push_back({found.definition, &runs});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const UnusualRow& a, const UnusualRow& b) {
        return a.badness() > b.badness();
    });
    return rows;
}

void put_row(table::ResultTable& table, const query::GroupKey& key, const UnusualRow& row,
             const std::string& id) {
    const auto& judgement = row.runs->judgement;
    const judge::Comparison& off = row.runs->comparison();
    const auto& operations = judgement.operations;
    const auto duration = row.runs->worst.duration();
    add_row(
        table, key,
        {std::string(name_of(row.runs->kind)), row.runs->count,
         row.is_pace() ? judge::pace_text(judgement) : judge::volume_text(judgement, {}),
         time::instant_from_micros(row.runs->worst.created_at), id,
         duration ? Cell{time::Duration{*duration}} : Cell{},
         judgement.duration ? Cell{time::Duration{judgement.duration->usual}} : Cell{},
         operations ? Cell{operations->value} : Cell{},
         operations ? Cell{operations->usual} : Cell{}, table::Number{off.factor()},
         table::Number{off.distance}, off.runs, std::string(name_of(off.season)),
         row.is_pace() ? table::text_or_unknown(name_of(judgement.cause)) : Cell{}, next_step(id)});
}

}  // namespace

table::Section unusual_section(const SummaryFacts& facts) {
    table::Section section{"unusual", "Unusual",
                           section_table({{"kind", "what"},
                                          {.key = "runs", .title = "runs", .gives_way = 6},
                                          {.key = "sentence", .title = "the worst", .gives_way = 8},
                                          {.key = "created_at", .title = "run", .gives_way = 5},
                                          {"id", "report", Audience::machines},
                                          {"duration_seconds", "duration", Audience::machines},
                                          {"usual_seconds", "usual", Audience::machines},
                                          {"operations", "records", Audience::machines},
                                          {"usual_operations", "usual", Audience::machines},
                                          {"factor", "times", Audience::machines},
                                          {"distance", "distance", Audience::machines},
                                          {"usual_of_runs", "of runs", Audience::machines},
                                          {"compared_with", "compared with", Audience::machines},
                                          {"cause", "cause", Audience::machines},
                                          {.key = "next_step", .title = "next", .gives_way = 9}})};
    const auto rows = worst_first(facts.findings);
    std::vector<store::Sequence> sequences;
    for (const auto& row : rows) sequences.push_back(row.runs->worst.sequence);
    const auto ids = store::read_ids(facts.scope.store(), sequences);
    std::int64_t count = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        put_row(section.table, facts.key(rows[i].definition), rows[i], ids[i]);
        count += rows[i].runs->count;
    }
    if (count > 0) {
        section.in_headline =
            fmt::format("{} unusual {}", count_text(count), count == 1 ? "run" : "runs");
    }
    return section;
}

}  // namespace jobtally::digest
