// Definitions that failed and work again.
#include "core/judge/recovered.hpp"

#include "core/base/text.hpp"
#include "core/digest/sections.hpp"
#include "core/store/reports/reports.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace jobtally::digest {

namespace {

using table::Audience;

struct Row {
    std::size_t definition;
    judge::Recovered recovered;
};

std::vector<Row> longest_first(const query::RunHistory& history) {
    std::vector<Row> rows;
    for (const std::size_t definition : history.definitions()) {
        if (definition == 0) continue;  // of different jobs: one's success says nothing of another
        const auto recovered = judge::longest_recovery(history.of(definition));
        if (recovered) rows.push_back({definition, *recovered});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return a.recovered.length() > b.recovered.length();
    });
    return rows;
}

}  // namespace

table::Section recovered_section(const SummaryFacts& facts) {
    table::Section section{"recovered", "Recovered",
                           section_table({{"failures", "failed in a row"},
                                          {"failing_since", "failing since"},
                                          {"recovered_at", "recovered"},
                                          {"recovery_seconds", "after"},
                                          {"id", "report", Audience::machines},
                                          {"next_step", "next"}})};
    const auto rows = longest_first(facts.history);
    std::vector<store::Sequence> sequences;
    for (const auto& row : rows) sequences.push_back(row.recovered.success);
    const auto ids = store::read_ids(facts.scope.store(), sequences);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const judge::Recovered& recovered = rows[i].recovered;
        add_row(
            section.table, facts.key(rows[i].definition),
            {recovered.outage.failures, time::instant_from_micros(recovered.outage.failing_since),
             time::instant_from_micros(recovered.recovered_at), time::Duration{recovered.length()},
             ids[i], next_step(ids[i])});
    }
    if (!rows.empty()) {
        section.in_headline =
            fmt::format("{} recovered", with_commas(static_cast<std::int64_t>(rows.size())));
    }
    return section;
}

}  // namespace jobtally::digest
