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
constexpr std::int64_t greatest_salvaged = 1 << 26;  // of words, which nobody could count

void require_key(const Store::Connection& connection, const char* what, std::int64_t key,
                 std::int64_t greatest) {
    if (key >= 1 && key <= greatest) return;
    throw_damaged(connection.path(), fmt::format("it has a {} numbered {}", what, key));
}

constexpr const char* labelled_definitions =
    "SELECT definition.definition, definition.definition_id, word.text, "
    "enabled, description, recovery_strategy "
    "FROM definition LEFT JOIN word ON word.word = definition.label";

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
    catalogue.read_words(store.connection(), "SELECT word, text FROM word",
                         store.connection().query_integer("SELECT count(*) FROM word"));
    catalogue.read_definitions(store.connection(), labelled_definitions);
    catalogue.read_switched(store.connection());
    return catalogue;
}

Catalogue Catalogue::salvage(const Store& store) {
    const auto& connection = store.connection();
    const ReadScope scope(connection);
    Catalogue catalogue;
    for (const char* const words :
         {"SELECT word, text FROM word NOT INDEXED",
          "SELECT word, text FROM word INDEXED BY sqlite_autoindex_word_1"}) {
        read_undamaged([&] { catalogue.read_words(connection, words, greatest_salvaged); });
    }
    for (const char* const definitions :
         {labelled_definitions,
          "SELECT definition, definition_id, NULL, NULL, NULL, NULL FROM definition NOT INDEXED",
          "SELECT definition, definition_id, NULL, NULL, NULL, NULL "
          "FROM definition INDEXED BY sqlite_autoindex_definition_1"}) {
        read_undamaged([&] { catalogue.read_definitions(connection, definitions); });
    }
    return catalogue;
}

void Catalogue::read_words(const Store::Connection& connection, const char* sql,
                           std::int64_t greatest) {
    Statement row(connection, sql);
    while (row.executeStep()) {
        const std::int64_t word = row.getColumn(0);
        require_key(connection, "word", word, greatest);
        place_of(m_words, word, std::optional<std::string>()) = row.getColumn(1);
    }
}

// One that was read before stays.
void Catalogue::read_definitions(const Store::Connection& connection, const char* sql) {
    Statement row(connection, sql);
    while (row.executeStep()) {
        const std::int64_t number = row.getColumn(0);
        require_key(connection, "definition", number, greatest_definition);
        const auto key = static_cast<DefinitionKey>(number);
        auto& index = place_of(m_index_of_key, key, -1);
        if (index >= 0) continue;
        index = static_cast<std::int32_t>(m_definitions.size());
        m_definitions.push_back({key, row.getColumn(1), optional_text(row.getColumn(2)),
                                 row.getColumn(3).isNull()
                                     ? std::nullopt
                                     : std::optional(row.getColumn(3).getInt() != 0),
                                 optional_text(row.getColumn(4)), optional_text(row.getColumn(5))});
    }
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
        if (index < 0) continue;
        auto& definition = m_definitions[static_cast<std::size_t>(index)];
        const auto at = time::instant_from_micros(row.getColumn(1).getInt64());
        if (row.getColumn(2).getInt() == 0) {
            off_since = off_since.value_or(at);
        } else if (off_since) {
            definition.disabled.push_back({*off_since, at});
            off_since.reset();
        }
        definition.disabled_since = off_since;
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
