#include "core/query/bearers.hpp"

#include <algorithm>
#include <set>

namespace jobtally::query {

namespace {

store::WordKey word_of(const std::string& text, const store::Catalogue& catalogue) {
    for (store::WordKey key = 1; key <= catalogue.max_word(); ++key) {
        const auto* word = catalogue.word(key);
        if (word != nullptr && *word == text) return key;
    }
    return 0;
}

}  // namespace

std::vector<std::string> bearers_of(const std::string& name, const Scope& everything) {
    const auto& catalogue = everything.catalogue();
    const auto& known = catalogue.definitions();
    const auto has_it = [&](const store::Definition& definition) {
        return definition.id == name || definition.label == name;
    };
    if (std::any_of(known.begin(), known.end(), has_it)) return {name};
    const auto word = word_of(name, catalogue);
    if (word == 0) return {};
    std::set<std::string> ids;
    using store::FactColumn;
    everything.scan(FactColumn::definition | FactColumn::name, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto* definition =
                batch.name[i] == word ? catalogue.definition(batch.definition[i]) : nullptr;
            if (definition != nullptr) ids.insert(definition->id);
        }
    });
    return {ids.begin(), ids.end()};
}

}  // namespace jobtally::query
