// Folds reports into one row a definition.
#include "core/answers/definitions.hpp"

#include "core/query/grouping.hpp"
#include "core/query/latest.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace jobtally::answers {

namespace {

using store::FactColumn;

// What one scan finds; see Grouping::fold.
struct DefinitionsPart {
    DefinitionsPart(std::size_t definitions, std::int64_t last_created)
        : seen(definitions), latest(definitions, last_created) {}

    void take(const store::FactBatch& batch, std::span<const std::int32_t> definitions) {
        for (std::size_t i = 0; i < batch.size; ++i) take(batch, i);
        latest.take(batch, definitions, batch.status_word);
    }
    void merge(DefinitionsPart&& other) {
        for (std::size_t key = 0; key < seen.size(); ++key) {
            seen[key].reports += other.seen[key].reports;
            seen[key].first = std::min(seen[key].first, other.seen[key].first);
        }
        for (const auto& [name, first] : other.names) note_name(name, first);
        latest.merge(other.latest);
    }

    struct Seen {
        std::int64_t reports = 0;
        std::int64_t first = INT64_MAX;
        store::WordKey last_name = 0;  // the name met last: mostly the next one's too
        std::int64_t last_name_first = INT64_MAX;
    };
    std::vector<Seen> seen;                                 // by definition
    std::unordered_map<std::uint64_t, std::int64_t> names;  // definition and name: first seen
    query::Latest latest;

  private:
    void take(const store::FactBatch& batch, std::size_t i) {
        const auto key = static_cast<std::size_t>(batch.definition[i]);
        Seen& own = seen[key];
        const std::int64_t created = batch.created_at[i];
        ++own.reports;
        own.first = std::min(own.first, created);
        if (batch.name[i] == 0) return;
        if (batch.name[i] == own.last_name && created >= own.last_name_first) return;
        own.last_name = batch.name[i];
        own.last_name_first = note_name(
            static_cast<std::uint64_t>(key) << 32 | static_cast<std::uint32_t>(batch.name[i]),
            created);
    }
    std::int64_t note_name(std::uint64_t name, std::int64_t created) {
        auto& first = names.try_emplace(name, created).first->second;
        return first = std::min(first, created);
    }
};

class DefinitionsFold {
  public:
    explicit DefinitionsFold(const query::Scope& scope)
        : m_scope(scope),
          m_grouping(query::By::definition, scope),
          m_part(m_grouping.size(), scope.selection().last_created()) {}

    void run() {
        m_part = m_grouping.fold(
            query::Latest::columns | FactColumn::status | FactColumn::name,
            [&] { return DefinitionsPart(m_grouping.size(), m_scope.selection().last_created()); });
        m_part.latest.settle(m_scope.store());
    }

    DefinitionsAnswer answer() const {
        DefinitionsAnswer answer{query::window_of(m_scope.selection()), {}};
        auto all_names = names();
        const auto holds = [&](std::size_t key) {
            return key != 0 && m_part.seen[key].reports > 0;
        };
        for (const std::size_t key : m_grouping.in_order(holds)) {
            answer.rows.push_back(row(key));
            for (auto& [first, name] : all_names[key]) {
                answer.rows.back().names.push_back(std::move(name));
            }
        }
        return answer;
    }

  private:
    // Each definition's names with their first times, oldest first.
    std::vector<std::vector<std::pair<std::int64_t, std::string>>> names() const {
        std::vector<std::vector<std::pair<std::int64_t, std::string>>> names(m_part.seen.size());
        for (const auto& [name, first] : m_part.names) {
            const auto* word =
                m_scope.catalogue().word(static_cast<store::WordKey>(name & UINT32_MAX));
            if (word) names[name >> 32].emplace_back(first, *word);
        }
        for (auto& of_one : names) std::sort(of_one.begin(), of_one.end());
        return names;
    }

    DefinitionsRow row(std::size_t key) const {
        const auto& latest = m_part.latest.of(key);
        DefinitionsRow row;
        row.key = m_grouping.key(key);
        row.reports = m_part.seen[key].reports;
        row.first_created_at = time::instant_from_micros(m_part.seen[key].first);
        row.last_created_at = latest.at().value_or(row.first_created_at);
        if (const auto* status = m_scope.catalogue().word(latest.word)) row.last_status = *status;
        // Only a damaged store has reports of a definition that it does not know.
        const auto* known = m_scope.catalogue().definition(static_cast<store::DefinitionKey>(key));
        if (known != nullptr) row.definition = *known;
        return row;
    }

    const query::Scope& m_scope;
    query::Grouping m_grouping;
    DefinitionsPart m_part;
};

}  // namespace

DefinitionsAnswer definitions(const query::Scope& scope) {
    DefinitionsFold fold(scope);
    fold.run();
    return fold.answer();
}

std::vector<table::Column> fact_columns() {
    return {{.key = "enabled", .title = "enabled", .gives_way = 7},
            {.key = "description", .title = "description", .gives_way = 9},
            {.key = "recovery_strategy", .title = "recovery", .gives_way = 9}};
}

table::Row fact_cells(const store::Definition& definition) {
    return {table::cell_or_unknown(definition.enabled),
            table::cell_or_unknown(definition.description),
            table::cell_or_unknown(definition.recovery_strategy)};
}

table::ResultTable definitions_table(const DefinitionsAnswer& answer) {
    table::ResultTable table;
    table.rows_key = "definitions";
    table.window = answer.window;
    table.empty_note = "no definitions";
    table.columns = {{.key = "definition_id", .title = "id", .gives_way = 0},
                     {.key = "definition_name", .title = "definition", .gives_way = 0},
                     {.key = "type", .title = "type", .gives_way = 8},
                     {"reports", "reports"},
                     {"first_created_at", "first run", table::Audience::machines},
                     {"last_created_at", "last run"},
                     {.key = "last_status", .title = "last", .gives_way = 6},
                     {"names", "names", table::Audience::machines}};
    const std::size_t facts = table.columns.size();
    for (auto& column : fact_columns()) table.columns.push_back(std::move(column));
    for (const auto& row : answer.rows) {
        table::Row cells = row.key;
        cells.insert(cells.end(), {row.reports, row.first_created_at, row.last_created_at,
                                   row.last_status, row.names});
        for (auto& cell : fact_cells(row.definition)) cells.push_back(std::move(cell));
        table.rows.push_back(std::move(cells));
    }
    table::hide_unknown(table, facts);
    return table;
}

}  // namespace jobtally::answers
