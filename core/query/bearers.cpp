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

bool is_borne(const std::string& name, const store::Catalogue& catalogue) {
    const auto& known = catalogue.definitions();
    return std::any_of(known.begin(), known.end(), [&](const store::Definition& definition) {
        return definition.id == name || definition.label == name;
    });
}

std::vector<const store::Definition*> renamed_from(const std::string& name,
                                                   const Scope& everything) {
    const auto& catalogue = everything.catalogue();
    if (is_borne(name, catalogue)) return {};
    const auto word = word_of(name, catalogue);
    if (word == 0) return {};
    std::set<store::DefinitionKey> keys;
    using store::FactColumn;
    everything.scan(FactColumn::definition | FactColumn::name, [&](const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i)
            if (batch.name[i] == word && batch.definition[i] != 0) keys.insert(batch.definition[i]);
    });
    std::vector<const store::Definition*> found;
    for (const auto key : keys) found.push_back(catalogue.definition(key));
    return found;
}

}  // namespace jobtally::query
