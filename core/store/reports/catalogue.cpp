// Reading the dictionary and the definitions.
#include "core/store/reports/catalogue.hpp"

#include "core/store/file/sqlite_error.hpp"
#include "core/store/file/statement.hpp"

#include <utility>

#include <fmt/format.h>

namespace jobtally::store {

namespace {

// Words are numbered without gaps; the numbers of deleted definitions stay unused for a while.
constexpr std::int64_t greatest_definition = 1 << 26;

void require_key(const Store::Connection& connection, const char* what, std::int64_t key,
                 std::int64_t greatest) {
    if (key >= 1 && key <= greatest) return;
    throw_damaged(connection.path(), fmt::format("it has a {} numbered {}", what, key));
}

// Grows a table by key so that `key` has a place.
template <class Value>
Value& place_of(std::vector<Value>& table, std::int64_t key, const Value& empty) {
    const auto index = static_cast<std::size_t>(key);
    if (index >= table.size()) table.resize(index + 1, empty);
    return table[index];
}

}  // namespace

Catalogue Catalogue::read(const Store& store) {
    const ReadScope scope(store.connection());
    Catalogue catalogue;
    const auto greatest_word = store.connection().query_integer("SELECT count(*) FROM word");
    Statement words(store.connection(), "SELECT word, text FROM word");
    while (words.executeStep()) {
        const std::int64_t word = words.getColumn(0);
        require_key(store.connection(), "word", word, greatest_word);
        place_of(catalogue.m_words, word, std::optional<std::string>()) = words.getColumn(1);
    }
    Statement definitions(store.connection(),
                          "SELECT definition.definition, definition.definition_id, word.text, "
                          "enabled, description, recovery_strategy "
                          "FROM definition LEFT JOIN word ON word.word = definition.label");
    while (definitions.executeStep()) {
        const std::int64_t number = definitions.getColumn(0);
        require_key(store.connection(), "definition", number, greatest_definition);
        const auto key = static_cast<DefinitionKey>(number);
        place_of(catalogue.m_index_of_key, key, -1) =
            static_cast<std::int32_t>(catalogue.m_definitions.size());
        catalogue.m_definitions.push_back(
            {key, definitions.getColumn(1), optional_text(definitions.getColumn(2)),
             definitions.getColumn(3).isNull()
                 ? std::nullopt
                 : std::optional(definitions.getColumn(3).getInt() != 0),
             optional_text(definitions.getColumn(4)), optional_text(definitions.getColumn(5))});
    }
    catalogue.read_switched(store.connection());
    return catalogue;
}

void Catalogue::read_switched(const Store::Connection& connection) {
    Statement row(connection,
                  "SELECT definition, at, enabled FROM switched ORDER BY definition, at");
    std::int64_t key = 0;
    std::optional<time::Instant> off_since;
    while (row.executeStep()) {
        if (const std::int64_t next = row.getColumn(0); std::exchange(key, next) != next)
            off_since.reset();
        if (key < 1 || key >= std::ssize(m_index_of_key)) continue;
        const auto index = m_index_of_key[static_cast<std::size_t>(key)];
        const auto at = time::instant_from_micros(row.getColumn(1).getInt64());
        if (row.getColumn(2).getInt() == 0) {
            off_since = off_since.value_or(at);
        } else if (off_since && index >= 0) {
            m_definitions[static_cast<std::size_t>(index)].disabled.push_back({*off_since, at});
            off_since.reset();
        }
    }
}

const Definition* Catalogue::definition(DefinitionKey key) const {
    const auto index = static_cast<std::size_t>(key);
    if (key <= 0 || index >= m_index_of_key.size() || m_index_of_key[index] < 0) return nullptr;
    return &m_definitions[static_cast<std::size_t>(m_index_of_key[index])];
}

const std::string* Catalogue::word(WordKey key) const {
    const auto index = static_cast<std::size_t>(key);
    if (key <= 0 || index >= m_words.size() || !m_words[index]) return nullptr;
    return &*m_words[index];
}

WordKey Catalogue::max_word() const {
    return m_words.empty() ? 0 : static_cast<WordKey>(m_words.size() - 1);
}

DefinitionKey Catalogue::max_definition() const {
    return m_index_of_key.empty() ? 0 : static_cast<DefinitionKey>(m_index_of_key.size() - 1);
}

}  // namespace jobtally::store
