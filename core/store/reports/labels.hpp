// The writer's view of the table `definition`: keys of definitions, and the exact upkeep of their
// labels.
#pragma once

#include "core/store/reports/dictionary.hpp"
#include "core/store/reports/report_table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::store {

// A label is the name in the definition's report with the greatest (created_at, id) among those
// that have a name. Changes are kept in memory until flush().
class Labels {
  public:
    explicit Labels(const Store::Connection& connection);

    std::optional<DefinitionKey> find(std::string_view definition_id);
    DefinitionKey intern(std::string_view definition_id);
    std::string id_of(DefinitionKey definition);

    // A report came into the table. `definition_id` is that of row.definition.
    void add(std::string_view definition_id, const FactRow& row, std::string_view report_id);
    // A report left the table.
    void remove(std::string_view definition_id, const FactRow& row, std::string_view report_id);
    // An item of the platform's list came. Where its `definition`, among its unknown members, says
    // whether the definition is enabled, what it is for or how it recovers, that replaces what was
    // known, unless it is older (005_definition_facts.sql); whether it was enabled then is noted
    // whatever its age (008_switched.sql). One that is dated more than a minute ahead has a wrong
    // clock, and is taken for one without a date.
    void describe(std::string_view definition_id, std::string_view unknown_members,
                  time::Instant received_at);
    // Writes what changed; scans the reports where a label lost its source. Definitions without any
    // report are deleted.
    void flush();
    // Drops what is remembered, changes too: after a rollback, or when another process wrote.
    void forget();
    // Keeps the memory bounded; call it where rows and labels agree.
    void trim();

  private:
    struct Entry {
        DefinitionKey key = 0;
        std::string_view definition_id;
        WordKey label = 0;  // 0: none
        std::int64_t created_at = unknown_value;
        std::string report_id;
        bool is_changed = false;
        bool is_lost = false;  // the source is gone; created_at and report_id are an upper bound
    };
    // The entry of a definition that the store has, or null.
    Entry* entry(std::string_view definition_id);
    // Throws StoreError::corrupt where it is not there.
    Entry& entry_of_report(std::string_view definition_id);
    Entry& remember(std::string_view definition_id, Entry entry);
    void note_switched(std::string_view definition_id, std::int64_t at, bool enabled);
    void mark_changed(Entry& own);
    void find_lost();
    void consider(Entry& own, WordKey name, std::int64_t created_at, Sequence sequence);
    void drop_orphans();
    void write(const Entry& entry);

    const Store::Connection& m_connection;
    TextMap<Entry> m_entries;
    std::vector<Entry*> m_changed;
    bool m_any_lost = false;
    FastStatement m_find;
    FastStatement m_add;
    FastStatement m_read;
    FastStatement m_read_report;
    FastStatement m_write;
    FastStatement m_read_facts;
    FastStatement m_write_facts;
    FastStatement m_note_switched;
    FastStatement m_forget_switched;
};

}  // namespace jobtally::store
