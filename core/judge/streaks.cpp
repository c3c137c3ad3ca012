// Finds the names of runs, which a history does not keep.
#include "core/judge/streaks.hpp"

#include <algorithm>
#include <unordered_map>

namespace jobtally::judge {

std::map<std::string, std::vector<query::Run>> by_name(const query::Scope& scope,
                                                       std::span<const query::Run> runs) {
    std::map<std::string, std::vector<query::Run>> named;
    const auto failed = [](const query::Run& run) { return !run.succeeded() || run.had_failed; };
    if (std::none_of(runs.begin(), runs.end(), failed)) return named;
    using store::FactColumn;
    std::unordered_map<store::Sequence, store::WordKey> names;
    const auto columns = FactColumn::sequence | FactColumn::definition | FactColumn::name;
    const time::TimeSpan span{time::instant_from_micros(runs.front().created_at), std::nullopt};
    scope.scan(columns, span, store::WhichTime::created, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.definition[i] == 0) names.emplace(batch.sequence[i], batch.name[i]);
        }
    });
    for (const query::Run& run : runs) {
        const auto* name = scope.catalogue().word(names[run.sequence]);
        named[name ? *name : ""].push_back(run);
    }
    return named;
}

}  // namespace jobtally::judge
