// Keeping labels exact while reports come, go and are replaced.
#include "core/store/reports/labels.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/sqlite_error.hpp"
#include "core/store/segments/segments.hpp"
#include "core/time/rfc3339.hpp"

#include <chrono>
#include <vector>

namespace jobtally::store {

Labels::Labels(const Store::Connection& connection)
    : m_connection(connection),
      m_find(connection,
             "SELECT definition, label, label_created_at, label_report_id FROM definition "
             "WHERE definition_id = ?",
             true),
      m_add(connection, "INSERT INTO definition (definition_id) VALUES (?) RETURNING definition",
            true),
      m_read(connection, "SELECT definition_id FROM definition WHERE definition = ?", true),
      m_read_report(connection, "SELECT id FROM report WHERE sequence = ?", true),
      m_write(connection,
              "UPDATE definition SET label = ?2, label_created_at = ?3, label_report_id = ?4 "
              "WHERE definition = ?1",
              true),
      m_read_facts(connection,
                   "SELECT json_type(?1, '$.definition.enabled'), "
                   "CASE json_type(?1, '$.definition.description') WHEN 'text' "
                   "THEN json_extract(?1, '$.definition.description') END, "
                   "CASE json_type(?1, '$.definition.recovery_strategy') WHEN 'text' "
                   "THEN json_extract(?1, '$.definition.recovery_strategy') END, "
                   "CASE json_type(?1, '$.definition.updated_at') WHEN 'text' "
                   "THEN json_extract(?1, '$.definition.updated_at') END",
                   true),
      m_write_facts(
          connection,
          "UPDATE definition SET enabled = ?2, description = ?3, recovery_strategy = ?4, "
          "described_at = ?5 WHERE definition_id = ?1 "
          "AND (described_at IS NULL OR ?5 IS NULL OR described_at <= ?5 OR described_at > ?6) "
          "AND (enabled IS NOT ?2 OR description IS NOT ?3 "
          "OR recovery_strategy IS NOT ?4 OR described_at IS NOT ?5)",
          true),
      m_note_switched(connection,
                      "INSERT INTO switched (definition, at, enabled) "
                      "SELECT definition, ?2, ?3 FROM definition WHERE definition_id = ?1 "
                      "ON CONFLICT (definition, at) DO UPDATE SET enabled = excluded.enabled "
                      "WHERE enabled <> excluded.enabled RETURNING definition",
                      true),
      m_forget_switched(connection,
                        "DELETE FROM switched WHERE definition = ?1 AND at <= "
                        "(SELECT at FROM switched WHERE definition = ?1 "
                        "ORDER BY at DESC LIMIT 1 OFFSET 100)",
                        true) {}

Labels::Entry* Labels::entry(std::string_view definition_id) {
    const auto known = m_entries.find(definition_id);
    if (known != m_entries.end()) return &known->second;
    const FastStatementUse statement(m_find);
    statement->bind(1, definition_id);
    if (!statement->step()) return nullptr;
    Entry found;
    found.key = static_cast<DefinitionKey>(statement->integer(0));
    found.label = static_cast<WordKey>(statement->integer(1));
    found.created_at = statement->integer_or(2, unknown_value);
    found.report_id = statement->text(3);
    return &remember(definition_id, std::move(found));
}

// The definition of a report is always there, unless the table or its index is damaged.
Labels::Entry& Labels::entry_of_report(std::string_view definition_id) {
    if (auto* found = entry(definition_id)) return *found;
    throw_damaged(m_connection.path(), "the definition of a report is missing");
}

Labels::Entry& Labels::remember(std::string_view definition_id, Entry entry) {
    const auto place = m_entries.emplace(definition_id, std::move(entry)).first;
    place->second.definition_id = place->first;
    return place->second;
}

void Labels::mark_changed(Entry& own) {
    if (!own.is_changed) m_changed.push_back(&own);
    own.is_changed = true;
}

void Labels::forget() {
    m_changed.clear();
    m_entries.clear();
    m_any_lost = false;
}

void Labels::trim() {
    if (m_entries.size() < remembered_texts) return;
    flush();
    forget();
}

std::optional<DefinitionKey> Labels::find(std::string_view definition_id) {
    const auto* found = entry(definition_id);
    if (found == nullptr) return std::nullopt;
    return found->key;
}

DefinitionKey Labels::intern(std::string_view definition_id) {
    if (const auto* found = entry(definition_id)) return found->key;
    const FastStatementUse statement(m_add);
    statement->bind(1, definition_id);
    statement->step();
    Entry added;
    added.key = static_cast<DefinitionKey>(statement->integer(0));
    statement->step();
    return remember(definition_id, std::move(added)).key;
}

std::string Labels::id_of(DefinitionKey definition) {
    const FastStatementUse statement(m_read);
    statement->bind(1, definition);
    return statement->step() ? std::string(statement->text(0)) : std::string();
}

void Labels::add(std::string_view definition_id, const FactRow& row, std::string_view report_id) {
    if (row.name == 0) return;
    Entry& own = entry_of_report(definition_id);
    if (row.created_at < own.created_at) return;
    if (row.created_at == own.created_at && report_id < own.report_id) return;
    own.label = row.name;
    own.created_at = row.created_at;
    own.report_id = report_id;
    own.is_lost = false;
    mark_changed(own);
}

void Labels::remove(std::string_view definition_id, const FactRow& row,
                    std::string_view report_id) {
    Entry& own = entry_of_report(definition_id);
    const bool was_source = own.created_at == row.created_at && own.report_id == report_id;
    // If the definition has no label at all, this may have been its last report.
    if (own.label != 0 && !was_source) return;
    own.is_lost = m_any_lost = true;
    mark_changed(own);
}

void Labels::describe(std::string_view definition_id, std::string_view unknown_members,
                      time::Instant received_at) {
    if (unknown_members.find("\"definition\":{") == std::string_view::npos) return;
    const FastStatementUse facts(m_read_facts);
    facts->bind(1, unknown_members);
    facts->step();
    const auto enabled = facts->text(0);
    const bool is_known = enabled == "true" || enabled == "false";
    if (!is_known && facts->is_null(1) && facts->is_null(2)) return;
    constexpr std::chrono::minutes wrong_clock{1};
    const auto updated = time::parse_rfc3339(facts->text(3));
    const bool is_dated = updated && *updated <= received_at + wrong_clock;
    const FastStatementUse statement(m_write_facts);
    statement->bind(1, definition_id);
    statement->bind_known(2, enabled == "true" ? 1 : 0, is_known);
    for (const int column : {1, 2}) {
        if (facts->is_null(column)) {
            statement->bind_null(column + 2);
        } else {
            statement->bind(column + 2, facts->text(column));
        }
    }
    statement->bind_known(5, is_dated ? time::micros(*updated) : 0, is_dated);
    statement->bind(6, time::micros(received_at + wrong_clock));
    statement->step();
    if (is_known && is_dated)
        note_switched(definition_id, time::micros(*updated), enabled == "true");
}

void Labels::note_switched(std::string_view definition_id, std::int64_t at, bool enabled) {
    const FastStatementUse note(m_note_switched);
    note->bind(1, definition_id);
    note->bind(2, at);
    note->bind(3, enabled ? 1 : 0);
    if (!note->step()) return;
    const FastStatementUse forget(m_forget_switched);
    forget->bind(1, note->integer(0));
    note->step();
    forget->step();
}

void Labels::flush() {
    if (m_any_lost) find_lost();
    for (auto* own : m_changed) {
        write(*own);
        own->is_changed = false;
    }
    m_changed.clear();
}

void Labels::find_lost() {
    std::unordered_map<DefinitionKey, Entry*> lost;
    for (auto* own : m_changed) {
        if (!own->is_lost) continue;
        own->label = 0;
        own->created_at = unknown_value;
        own->report_id.clear();
        lost.emplace(own->key, own);
    }
    m_any_lost = false;
    if (lost.empty()) return;
    scan_facts(
        m_connection,
        {FactColumn::definition | FactColumn::name | FactColumn::created_at | FactColumn::sequence,
         {},
         WhichTime::created},
        [&](const FactBatch& batch) {
            for (std::size_t i = 0; i < batch.size; ++i) {
                const auto found = lost.find(batch.definition[i]);
                if (found == lost.end()) continue;
                found->second->is_lost = false;
                if (batch.name[i] == 0) continue;
                consider(*found->second, batch.name[i], batch.created_at[i], batch.sequence[i]);
            }
        });
    drop_orphans();
}

// Takes a report as the label's source where it is newer than the one found so far.
void Labels::consider(Entry& own, WordKey name, std::int64_t created_at, Sequence sequence) {
    if (created_at < own.created_at) return;
    const FastStatementUse statement(m_read_report);
    statement->bind(1, sequence);
    if (!statement->step()) return;
    const auto id = statement->text(0);
    if (created_at == own.created_at && id < own.report_id) return;
    own.label = name;
    own.created_at = created_at;
    own.report_id = id;
}

void Labels::drop_orphans() {
    std::vector<Entry*> kept;
    for (auto* own : m_changed) {
        if (!own->is_lost) {
            kept.push_back(own);
            continue;
        }
        FastStatement drop(m_connection, "DELETE FROM definition WHERE definition = ?");
        drop.bind(1, own->key);
        drop.run();
        m_entries.erase(m_entries.find(own->definition_id));
    }
    m_changed = std::move(kept);
}

void Labels::write(const Entry& own) {
    const FastStatementUse statement(m_write);
    const bool has_label = own.label != 0;
    statement->bind(1, own.key);
    statement->bind_known(2, own.label, has_label);
    statement->bind_known(3, own.created_at, has_label);
    if (has_label) {
        statement->bind(4, own.report_id);
    } else {
        statement->bind_null(4);
    }
    statement->step();
}

}  // namespace jobtally::store
