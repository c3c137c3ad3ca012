// The writer's way from texts to words and back, with a bounded memory of those it met.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/fast_statement.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace jobtally::store {

// Lets maps with string keys be searched with string views.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};
template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

inline constexpr std::size_t remembered_texts = 100'000;

class Dictionary {
  public:
    explicit Dictionary(const Store::Connection& connection);

    // The word of a text that the store has.
    std::optional<WordKey> find(std::string_view text);
    // Adds it where it is missing.
    WordKey intern(std::string_view text);
    std::string text_of(WordKey word);
    // After a rollback, or when another process wrote.
    void forget() { m_words.clear(); }

  private:
    void remember(std::string_view text, WordKey word);

    TextMap<WordKey> m_words;
    FastStatement m_find;
    FastStatement m_add;
    FastStatement m_read;
};

}  // namespace jobtally::store
