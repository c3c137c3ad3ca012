// Turns a Selection into tables of accepted keys and leaves the rest out of each batch.
#include "core/query/scope.hpp"

#include "core/base/ascii.hpp"
#include "core/query/kept.hpp"

#include <algorithm>
#include <utility>

namespace jobtally::query {

namespace {

using store::FactBatch;
using store::FactColumn;

bool any_above(const std::vector<std::int32_t>& keys, std::int32_t most) {
    std::int32_t greatest = 0;
    for (const std::int32_t key : keys) greatest = std::max(greatest, key);
    return greatest > most;
}

// True when a report came with a definition or a word that the catalogue does not have yet.
bool outruns(const FactBatch& batch, const store::Catalogue& catalogue) {
    return any_above(batch.definition, catalogue.max_definition()) ||
           any_above(batch.name, catalogue.max_word()) ||
           any_above(batch.type, catalogue.max_word()) ||
           any_above(batch.status_word, catalogue.max_word()) ||
           any_above(batch.source, catalogue.max_word());
}

bool is_one_of(const std::vector<std::string>& texts, const std::string& text) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const auto& wanted) { return equals_ignoring_case(wanted, text); });
}

time::Instant time_of(const store::StoredReport& stored, store::WhichTime at) {
    const auto& report = stored.report;
    if (at == store::WhichTime::updated) return report.updated_at.value_or(report.created_at);
    return at == store::WhichTime::received ? stored.received_at : report.created_at;
}

}  // namespace

Scope::Scope(const store::Store& store, Selection selection)
    : Scope(store, std::move(selection), store::Catalogue::read(store)) {}

Scope::Scope(const store::Store& store, Selection selection, store::Catalogue catalogue)
    : m_store(store),
      m_selection(std::move(selection)),
      m_catalogue(std::move(catalogue)),
      m_types(accepted_words(m_selection.types)),
      m_statuses(accepted_words(m_selection.statuses)),
      m_source_patterns(m_selection.sources) {
    accept_sources();
    accept_definitions();
    apply_min_runs();
    if (m_definitions.empty()) return;
    for (const auto& definition : m_catalogue.definitions()) {
        m_key_of_id.emplace(definition.id, definition.key);
    }
}

std::vector<UnmatchedPattern> Scope::unmatched() const {
    return unmatched_patterns(m_selection.definitions, m_catalogue);
}

std::vector<std::string> Scope::unknown_types() const {
    return unknown_words(m_selection.types);
}

std::vector<std::string> Scope::unknown_statuses() const {
    return unknown_words(m_selection.statuses);
}

std::vector<UnmatchedPattern> Scope::unknown_sources() const {
    std::vector<std::string_view> known;
    for (const auto key : m_known_sources) known.emplace_back(*m_catalogue.word(key));
    return unmatched_patterns(m_selection.sources, known);
}

std::vector<std::string> Scope::unknown_words(const std::vector<std::string>& texts) const {
    std::vector<std::string> unknown;
    for (const auto& text : texts) {
        const auto accepted = accepted_words({text});
        if (std::count(accepted.begin(), accepted.end(), 1) == 0) unknown.push_back(text);
    }
    return unknown;
}

// Any word may be a source: which are is seen from the reports.
void Scope::accept_sources() {
    if (m_source_patterns.empty()) return;
    Accepted is_source(static_cast<std::size_t>(m_catalogue.max_word()) + 1);
    const store::FactQuery all{static_cast<store::FactColumns>(FactColumn::source), {}, {}};
    store::scan_facts(m_store, all, [&](const FactBatch& batch) {
        for (const auto key : batch.source)
            if (m_catalogue.word(key)) is_source[static_cast<std::size_t>(key)] = 1;
    });
    m_sources.assign(is_source.size(), 0);
    m_sources[0] = m_source_patterns.accept(std::nullopt) ? 1 : 0;
    for (std::size_t key = 1; key < is_source.size(); ++key) {
        if (is_source[key] == 0) continue;
        const auto word = static_cast<store::WordKey>(key);
        m_known_sources.push_back(word);
        m_sources[key] = m_source_patterns.accept(*m_catalogue.word(word)) ? 1 : 0;
    }
}

void Scope::accept_definitions() {
    const Patterns patterns(m_selection.definitions);
    const auto& keys = m_selection.keys;
    if (patterns.empty() && !keys) return;
    m_definitions.assign(static_cast<std::size_t>(m_catalogue.max_definition()) + 1, 0);
    const auto accept = [&](store::DefinitionKey key, const auto& id, const auto& label) {
        const bool is_one = !keys || (keys->first <= key && key < keys->second);
        m_definitions[static_cast<std::size_t>(key)] = is_one && patterns.accept(id, label) ? 1 : 0;
    };
    accept(0, std::nullopt, std::nullopt);
    for (const auto& definition : m_catalogue.definitions()) {
        accept(definition.key, definition.id, definition.label);
    }
}

Scope::Accepted Scope::accepted_words(const std::vector<std::string>& texts) const {
    Accepted accepted;
    if (texts.empty()) return accepted;
    accepted.assign(static_cast<std::size_t>(m_catalogue.max_word()) + 1, 0);
    for (store::WordKey key = 1; key <= m_catalogue.max_word(); ++key) {
        const std::string* word = m_catalogue.word(key);
        accepted[static_cast<std::size_t>(key)] = word && is_one_of(texts, *word) ? 1 : 0;
    }
    return accepted;
}

void Scope::apply_min_runs() {
    if (m_selection.min_runs <= 0) return;
    std::vector<std::int64_t> finished(static_cast<std::size_t>(m_catalogue.max_definition()) + 1);
    scan(FactColumn::definition | FactColumn::status, [&](const FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto key = static_cast<std::size_t>(batch.definition[i]);
            finished[key] += model::is_finished(batch.status[i]) ? 1 : 0;
        }
    });
    if (m_definitions.empty()) m_definitions.assign(finished.size(), 1);
    for (std::size_t key = 0; key < finished.size(); ++key) {
        if (finished[key] < m_selection.min_runs) m_definitions[key] = 0;
    }
}

class Scope::Choice {
  public:
    explicit Choice(const Scope& scope) : m_scope(scope) {}

    // The selected reports of the batch, which is handed on itself where nothing is left out.
    const FactBatch& of(const FactBatch& batch) {
        const bool outrun = outruns(batch, m_scope.m_catalogue);
        if (!outrun && (m_scope.columns_of_choice() == 0 || is_only_counted(batch))) return batch;
        keep(batch);
        if (outrun) leave_out_what_is_new(batch);
        const auto& indexes = m_kept.indexes();
        if (indexes.size() == batch.size) return batch;
        copy_batch(batch, indexes, m_chosen);
        return m_chosen;
    }

  private:
    // These are the definitions of a segment that is kept as a whole.
    bool is_only_counted(const FactBatch& batch) const {
        const auto& also = m_scope.m_selection.also;
        return also && times_of(batch, also->at).empty();
    }
    void keep(const FactBatch& batch) {
        m_kept.begin(batch.size);
        m_kept.only(batch.definition, m_scope.m_definitions);
        m_kept.only(batch.type, m_scope.m_types);
        m_kept.only(batch.status_word, m_scope.m_statuses);
        m_kept.only(batch.source, m_scope.m_sources);
        const auto& selection = m_scope.m_selection;
        if (selection.also) m_kept.only(times_of(batch, selection.also->at), *selection.also);
        if (!m_scope.m_only_at.empty())
            m_kept.only_at(times_of(batch, selection.at), batch.definition, m_scope.m_only_at);
    }
    void leave_out_what_is_new(const FactBatch& batch) {
        const auto& catalogue = m_scope.m_catalogue;
        m_kept.only_up_to(batch.definition, catalogue.max_definition());
        m_kept.only_up_to(batch.name, catalogue.max_word());
        m_kept.only_up_to(batch.type, catalogue.max_word());
        m_kept.only_up_to(batch.status_word, catalogue.max_word());
        m_kept.only_up_to(batch.source, catalogue.max_word());
    }

    const Scope& m_scope;
    Kept m_kept;
    FactBatch m_chosen;
};

// Without any, all reports of the span are selected.
store::FactColumns Scope::columns_of_choice() const {
    const auto& also = m_selection.also;
    return also ? columns_of_keys() | column_of(also->at) : columns_of_keys();
}

// What comes after a digest is left out by its time of arrival, which all older segments pass.
bool Scope::keeps_all_received_up_to(std::int64_t last_received) const {
    const auto& also = m_selection.also;
    return !also || (also->at == store::WhichTime::received && !also->is_within &&
                     also->span.since && last_received < time::micros(*also->span.since));
}

store::FactColumns Scope::columns_of_keys() const {
    store::FactColumns columns = 0;
    if (!m_definitions.empty()) columns = columns | FactColumn::definition;
    if (!m_types.empty()) columns = columns | FactColumn::type;
    if (!m_statuses.empty()) columns = columns | FactColumn::status;
    if (!m_sources.empty()) columns = columns | FactColumn::source;
    if (!m_only_at.empty()) columns = columns | FactColumn::definition | column_of(m_selection.at);
    return columns;
}

void Scope::scan(store::FactColumns columns,
                 const std::function<void(const FactBatch&)>& take) const {
    scan(columns, m_selection.span, m_selection.at, take);
}

void Scope::scan(store::FactColumns columns, std::size_t workers, const store::TakeFacts& take,
                 const store::WantsMore& wants_more) const {
    scan(columns, m_selection.span, m_selection.at, workers, take, wants_more);
}

void Scope::scan(store::FactColumns columns, const time::TimeSpan& span, store::WhichTime at,
                 const std::function<void(const FactBatch&)>& take) const {
    scan(columns, span, at, 1, [&](std::size_t, const FactBatch& batch) { take(batch); }, {});
}

void Scope::scan(store::FactColumns columns, const time::TimeSpan& span, store::WhichTime at,
                 std::size_t workers, const store::TakeFacts& take,
                 const store::WantsMore& wants_more) const {
    store::FactQuery query{columns, span, at};
    query.columns = columns | columns_of_choice();
    std::vector<Choice> choices(workers, Choice(*this));
    const auto take_chosen = [&](std::size_t worker, const FactBatch& batch) {
        const FactBatch& chosen = choices[worker].of(batch);
        if (chosen.size > 0) take(worker, chosen);
    };
    store::WantsMore wants;
    if (wants_more && columns_of_keys() == 0) {
        wants = [&](std::size_t worker, const FactBatch& definitions,
                    const store::LastTimes& last) {
            return !keeps_all_received_up_to(last.received_at) ||
                   outruns(definitions, m_catalogue) || wants_more(worker, definitions, last);
        };
    }
    store::scan_facts(m_store, query, workers, take_chosen, wants);
}

Scope Scope::last_known(bool by_definition, store::FactColumns columns, Counts counts) const {
    Scope known = *this;
    known.m_selection.span.since.reset();
    std::vector<std::int64_t> latest(static_cast<std::size_t>(m_catalogue.max_definition()) + 1,
                                     INT64_MIN);
    const auto at = m_selection.at;
    known.scan(columns | FactColumn::definition | column_of(at), [&](const FactBatch& batch) {
        const auto& times = times_of(batch, at);
        for (std::size_t i = 0; i < batch.size; ++i) {
            auto& last = latest[static_cast<std::size_t>(batch.definition[i])];
            if (times[i] > last && counts(batch, i)) last = times[i];
        }
    });
    if (!by_definition)
        latest.assign(latest.size(), *std::max_element(latest.begin(), latest.end()));
    known.m_only_at = std::move(latest);
    return known;
}

bool Scope::accept_definition_of(const model::JobReport& report) const {
    if (m_definitions.empty()) return true;
    if (!report.definition_id) return m_definitions[0] != 0;
    const auto found = m_key_of_id.find(*report.definition_id);
    return found != m_key_of_id.end() &&
           m_definitions[static_cast<std::size_t>(found->second)] != 0;
}

bool Scope::selected(const store::StoredReport& report) const {
    const auto& body = report.report;
    const auto& also = m_selection.also;
    return m_selection.span.contains(time_of(report, m_selection.at)) &&
           (!also || also->holds(time_of(report, also->at))) &&
           (m_types.empty() || (body.type && is_one_of(m_selection.types, *body.type))) &&
           (m_statuses.empty() || is_one_of(m_selection.statuses, body.status)) &&
           m_source_patterns.accept(report.source) && accept_definition_of(body);
}

}  // namespace jobtally::query
