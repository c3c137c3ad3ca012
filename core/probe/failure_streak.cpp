// How often in a row a definition has failed, and whether a later run leaves that in doubt.
#include "core/answers/failures.hpp"
#include "core/answers/streaks.hpp"
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

// Reports without a definition are of different jobs, which only their names tell apart: puts how
// often one of them failed in a row at most, and returns its name.
std::string put_longest_by_name(answers::FailuresRow& row, const query::Scope& scope) {
    using answers::StreakFold;
    auto selection = scope.selection();
    selection.keys = {0, 1};
    selection.min_runs = 0;
    const query::Scope own(scope.store(), std::move(selection));
    const auto names = static_cast<std::size_t>(own.catalogue().max_word()) + 1;
    StreakFold streaks(names, 1, own.selection().last_created());
    std::vector<std::int32_t> groups;
    const auto scan = [&](const auto& take) {
        own.scan(StreakFold::columns() | store::FactColumn::name, [&](store::FactBatch batch) {
            batch.definition = batch.name;
            groups.assign(batch.size, 0);
            take(batch);
        });
    };
    const store::ReadScope one_state(scope.store().connection());
    scan([&](const auto& batch) { streaks.take_failures(batch, groups); });
    streaks.sort_failures(1);
    scan([&](const auto& batch) { streaks.take_successes(0, batch, groups); });
    streaks.settle(scope.store());
    std::pair<std::int64_t, std::string> worst;  // of equal ones the first by name
    for (std::size_t key = 0; key < names; ++key) {
        const auto* name = own.catalogue().word(static_cast<store::WordKey>(key));
        worst = std::min(worst, {-streaks.streak(key).current, name ? *name : ""});
    }
    row.streak = -worst.first;
    return worst.second;
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

// A definition that fails, and has ended or is disabled, has no streak that anybody waits for.
void end_streaks_that_are_over(std::vector<Measured>& streaks, const query::Scope& scope,
                               const Given& given) {
    const auto fails = [](const Measured& one) { return one.value > 0; };
    if (std::none_of(streaks.begin(), streaks.end(), fails)) return;
    const auto over = ids_over(scope, given);
    for (auto& one : streaks) {
        if (!fails(one) || !over.contains(table::text_in(one.item.definition, 0))) continue;
        one.value = 0;
        one.item.value = std::int64_t{0};
        one.item.phrase = "failures in a row";
    }
}

}  // namespace

std::vector<Measured> measure_failure_streak(const query::Scope& scope, bool by_definition,
                                             const Given& given) {
    auto answer = answers::failures(scope, query::By::definition);
    std::vector<Measured> found;
    for (auto& row : answer.rows) {
        if (row.key.front() == table::Cell{}) {
            const auto name = put_longest_by_name(row, scope);
            if (!by_definition && !name.empty()) row.key[1] = name;
        }
        if (row.counts.finished() > 0) found.push_back(streak_of(row));
    }
    end_streaks_that_are_over(found, scope, given);
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
    const auto name = table::shown_name(longest.item.definition);
    if (longest.value > 0 && !name.empty()) longest.item.phrase += fmt::format(" of \"{}\"", name);
    const auto odd = std::find_if(found.begin(), found.end(), is_odd);
    if (odd != found.end()) {
        longest.is_in_doubt = true;
        longest.item.phrase +=
            fmt::format("; the last run of \"{}\" has a status that is not known",
                        table::shown_name(odd->item.definition));
    }
    longest.item.definition.clear();
    longest.runs = answer.total.counts.finished();
    return {longest};
}

}  // namespace jobtally::probe
