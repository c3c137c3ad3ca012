// The texts behind the keys of facts: words, definitions and their labels.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace jobtally::store {

struct Definition {
    DefinitionKey key = 0;
    std::string id;
    std::optional<std::string>
        label;  // the name in its report with the newest created_at (then the greatest id)
    // What the platform's newest list says of it.
    std::optional<bool> enabled{};
    std::optional<std::string> description{};
    std::optional<std::string> recovery_strategy{};
    // When it was disabled, by the platform's lists, up to when it was enabled again: ascending.
    std::vector<time::TimeSpan> disabled{};
    std::optional<time::Instant> disabled_since{};  // where it still is
};

// A copy of the dictionary as it was when it was read.
class Catalogue {
  public:
    static Catalogue read(const Store& store);
    // What can be read of a damaged one: ids and words stand in indexes too.
    static Catalogue salvage(const Store& store);

    // By key, in no promised order.
    const std::vector<Definition>& definitions() const { return m_definitions; }
    // The definition of a key, or null for 0 and for keys that are not there.
    const Definition* definition(DefinitionKey key) const;
    // The text of a word, or null.
    const std::string* word(WordKey key) const;
    WordKey max_word() const;
    DefinitionKey max_definition() const;

  private:
    void read_words(const Store::Connection& connection, const char* sql, std::int64_t greatest);
    void read_definitions(const Store::Connection& connection, const char* sql);
    void read_switched(const Store::Connection& connection);

    std::vector<Definition> m_definitions;
    std::vector<std::int32_t> m_index_of_key;  // into m_definitions; -1: none
    std::vector<std::optional<std::string>> m_words;
};

}  // namespace jobtally::store
