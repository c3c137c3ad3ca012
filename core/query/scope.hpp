// A Selection held against one store: patterns become keys, and scans hand on only what is
// selected.
#pragma once

#include "core/query/selection.hpp"
#include "core/store/facts/facts.hpp"
#include "core/store/reports/catalogue.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/store/segments/segments.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace jobtally::query {

using store::column_of;
using store::times_of;

// Every question is asked of a Scope. It reads the catalogue when it is made; reports of
// definitions and words that come into the store later are left out. The store must outlive it. One
// thread at a time.
class Scope {
  public:
    Scope(const store::Store& store, Selection selection);
    // With a catalogue that was read before: what could be salvaged of a damaged one.
    Scope(const store::Store& store, Selection selection, store::Catalogue catalogue);

    const store::Store& store() const { return m_store; }
    const Selection& selection() const { return m_selection; }
    const store::Catalogue& catalogue() const { return m_catalogue; }
    std::vector<UnmatchedPattern> unmatched() const;
    // The types and statuses of the selection that no report ever had.
    std::vector<std::string> unknown_types() const;
    std::vector<std::string> unknown_statuses() const;
    // Its sources that no report came from.
    std::vector<UnmatchedPattern> unknown_sources() const;

    // Hands all selected reports to `take` with at least the columns asked for, in no promised
    // order. A batch of which nothing is left out is passed on as the store made it.
    void scan(store::FactColumns columns,
              const std::function<void(const store::FactBatch&)>& take) const;

    // The same by up to `workers` threads at once; see store::scan_facts. `wants_more` is not asked
    // where the selection has to look at other columns itself, nor of a segment of which it may
    // leave something out.
    void scan(store::FactColumns columns, std::size_t workers, const store::TakeFacts& take,
              const store::WantsMore& wants_more = {}) const;

    // The same, but of another span: for what came before the window.
    void scan(store::FactColumns columns, const time::TimeSpan& span, store::WhichTime at,
              const std::function<void(const store::FactBatch&)>& take) const;
    void scan(store::FactColumns columns, const time::TimeSpan& span, store::WhichTime at,
              std::size_t workers, const store::TakeFacts& take,
              const store::WantsMore& wants_more = {}) const;

    // The same choice up to the window's end, and of each definition (or of all together) only what
    // has the time of the latest report that `counts`: what was known before. `columns` are those
    // that `counts` looks at; it is given a batch and a place in it. The result takes no whole
    // reports.
    using Counts = bool (*)(const store::FactBatch& batch, std::size_t place);
    Scope last_known(bool by_definition, store::FactColumns columns, Counts counts) const;

    // The same choice for a whole report.
    bool selected(const store::StoredReport& report) const;

  private:
    using Accepted = std::vector<std::uint8_t>;  // by key; empty: all
    class Choice;                                // what a worker leaves out of its batches
    friend class Choice;

    store::FactColumns columns_of_choice() const;
    store::FactColumns columns_of_keys() const;
    bool keeps_all_received_up_to(std::int64_t last_received) const;
    void accept_definitions();
    void accept_sources();
    std::vector<std::string> unknown_words(const std::vector<std::string>& texts) const;
    Accepted accepted_words(const std::vector<std::string>& texts) const;
    void apply_min_runs();
    bool accept_definition_of(const model::JobReport& report) const;

    const store::Store& m_store;
    Selection m_selection;
    store::Catalogue m_catalogue;
    Accepted m_definitions;
    Accepted m_types;
    Accepted m_statuses;
    Accepted m_sources;
    Patterns m_source_patterns;
    std::vector<store::WordKey> m_known_sources;  // where sources are chosen
    std::vector<std::int64_t> m_only_at;  // by definition: the one time that counts; empty: all do
    std::unordered_map<std::string, store::DefinitionKey>
        m_key_of_id;  // where definitions are chosen
};

}  // namespace jobtally::query
