// Finds the names of runs, which a history does not keep.
#include "core/judge/streaks.hpp"

#include <algorithm>

namespace jobtally::judge {

Names read_names(const query::Scope& scope, std::span<const query::Run> runs) {
    Names names;
    const auto failed = [](const query::Run& run) { return !run.succeeded() || run.had_failed; };
    if (std::none_of(runs.begin(), runs.end(), failed)) return names;
    using store::FactColumn;
    const auto columns = FactColumn::sequence | FactColumn::definition | FactColumn::name;
    const time::TimeSpan span{time::instant_from_micros(runs.front().created_at), std::nullopt};
    scope.scan(columns, span, store::WhichTime::created, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            if (batch.definition[i] != 0) continue;
            const auto* name = scope.catalogue().word(batch.name[i]);
            names.emplace(batch.sequence[i], name ? *name : std::string_view());
        }
    });
    return names;
}

std::map<std::string, std::vector<query::Run>> by_name(const Names& names,
                                                       std::span<const query::Run> runs) {
    std::map<std::string, std::vector<query::Run>> named;
    if (names.empty()) return named;
    for (const query::Run& run : runs) {
        const auto name = names.find(run.sequence);
        named[name == names.end() ? "" : std::string(name->second)].push_back(run);
    }
    return named;
}

}  // namespace jobtally::judge
