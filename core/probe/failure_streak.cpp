// How often in a row a definition has failed, and whether a later run leaves that in doubt.
#include "core/answers/failures.hpp"
#include "core/base/numbers.hpp"
#include "core/probe/metrics.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace jobtally::probe {

namespace {

Measured streak_of(const answers::FailuresRow& row) {
    const auto streak = row.streak.value_or(0);
    return {{row.key, streak, fmt::format("{} in a row", streak == 1 ? "failure" : "failures")},
            row.counts.finished(),
            static_cast<double>(streak)};
}

// The ids of definitions of which a run of unknown status is newer than all that are known.
std::set<std::string> ids_in_doubt(const query::Scope& scope) {
    using store::FactColumn;
    const auto definitions = static_cast<std::size_t>(scope.catalogue().max_definition()) + 1;
    std::vector<std::int64_t> known(definitions, INT64_MIN), odd(definitions, INT64_MIN);
    const auto columns = FactColumn::definition | FactColumn::status | FactColumn::created_at;
    scope.scan(columns, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const bool is_odd = batch.status[i] == model::Status::other;
            if (!is_odd && !model::is_finished(batch.status[i])) continue;
            if (batch.created_at[i] > scope.selection().last_created()) continue;
            auto& newest = (is_odd ? odd : known)[static_cast<std::size_t>(batch.definition[i])];
            newest = std::max(newest, batch.created_at[i]);
        }
    });
    std::set<std::string> ids;
    for (const auto& definition : scope.catalogue().definitions()) {
        const auto key = static_cast<std::size_t>(definition.key);
        if (odd[key] > known[key]) ids.insert(definition.id);
    }
    return ids;
}

void put_in_doubt(std::vector<Measured>& streaks, const query::Scope& scope) {
    const auto ids = ids_in_doubt(scope);
    for (auto& one : streaks) {
        one.is_in_doubt = ids.contains(table::text_in(one.item.definition, 0));
    }
}

}  // namespace

std::vector<Measured> measure_failure_streak(const query::Scope& scope, bool by_definition,
                                             const Given&) {
    const auto answer = answers::failures(scope, query::By::definition);
    std::vector<Measured> found;
    for (const auto& row : answer.rows) {
        if (row.counts.finished() > 0) found.push_back(streak_of(row));
    }
    if (answer.total.counts.of_other_status() > 0) put_in_doubt(found, scope);
    const auto is_odd = [](const Measured& one) { return one.is_in_doubt; };
    if (by_definition) {
        for (auto& one : found) {
            if (is_odd(one)) one.item.phrase += fmt::format(", {}", in_doubt_text);
        }
        return found;
    }
    if (found.empty()) return found;
    auto longest = *std::max_element(
        found.begin(), found.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
    const auto name = table::text_in(longest.item.definition, 1);
    if (longest.value > 0 && !name.empty()) longest.item.phrase += fmt::format(" of \"{}\"", name);
    const auto odd = std::find_if(found.begin(), found.end(), is_odd);
    if (odd != found.end()) {
        longest.is_in_doubt = true;
        longest.item.phrase +=
            fmt::format("; the last run of \"{}\" has a status that is not known",
                        table::text_in(odd->item.definition, 1));
    }
    longest.item.definition.clear();
    longest.runs = answer.total.counts.finished();
    return {longest};
}

}  // namespace jobtally::probe
