// Words: looked up in memory first, then in the table.
#include "core/store/reports/dictionary.hpp"

namespace jobtally::store {

Dictionary::Dictionary(const Store::Connection& connection)
    : m_find(connection, "SELECT word FROM word WHERE text = ?", true),
      m_add(connection, "INSERT INTO word (text) VALUES (?) RETURNING word", true),
      m_read(connection, "SELECT text FROM word WHERE word = ?", true) {}

std::optional<WordKey> Dictionary::find(std::string_view text) {
    const auto known = m_words.find(text);
    if (known != m_words.end()) return known->second;
    const FastStatementUse statement(m_find);
    statement->bind(1, text);
    if (!statement->step()) return std::nullopt;
    const auto word = static_cast<WordKey>(statement->integer(0));
    remember(text, word);
    return word;
}

WordKey Dictionary::intern(std::string_view text) {
    if (const auto word = find(text)) return *word;
    const FastStatementUse statement(m_add);
    statement->bind(1, text);
    statement->step();
    const auto word = static_cast<WordKey>(statement->integer(0));
    statement->step();
    remember(text, word);
    return word;
}

std::string Dictionary::text_of(WordKey word) {
    const FastStatementUse statement(m_read);
    statement->bind(1, word);
    return statement->step() ? std::string(statement->text(0)) : std::string();
}

void Dictionary::remember(std::string_view text, WordKey word) {
    if (m_words.size() >= remembered_texts) m_words.clear();
    m_words.emplace(text, word);
}

}  // namespace jobtally::store
