// Collects flawed successes, which are few, and counts them by definition.
#include "core/judge/flawed_successes.hpp"

#include "core/query/latest.hpp"
#include "core/query/sums.hpp"

namespace jobtally::judge {

namespace {

using store::FactColumn;

class FlawsFold {
  public:
    explicit FlawsFold(const query::Scope& scope)
        : m_scope(scope),
          m_grouping(query::By::definition, scope),
          m_found(m_grouping.size()),
          m_partial(m_grouping.size()),
          m_empty(m_grouping.size()) {}

    std::vector<FlawedDefinition> run() {
        m_grouping.scan(query::Latest::columns | FactColumn::status | FactColumn::operations,
                        [&](const store::FactBatch& batch, std::span<const std::int32_t> groups) {
                            take(batch, groups);
                        });
        m_partial.settle(m_scope.store());
        m_empty.settle(m_scope.store());
        put_last(&FlawedDefinition::partial, m_partial);
        put_last(&FlawedDefinition::empty, m_empty);
        const auto holds = [&](std::size_t definition) {
            return m_found[definition].partial.count + m_found[definition].empty.count > 0;
        };
        std::vector<FlawedDefinition> rows;
        for (const std::size_t definition : m_grouping.in_order(holds)) {
            rows.push_back(m_found[definition]);
            rows.back().key = m_grouping.key(definition);
        }
        return rows;
    }

  private:
    void take(const store::FactBatch& batch, std::span<const std::int32_t> definitions) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto definition = static_cast<std::size_t>(definitions[i]);
            FlawedDefinition& found = m_found[definition];
            if (!model::is_finished(batch.status[i])) continue;
            ++found.finished;
            if (batch.status[i] != model::Status::success) continue;
            const query::Latest::Report report{batch.created_at[i], batch.sequence[i], 0};
            if (batch.operations[i] == 0) {
                ++found.empty.count;
                m_empty.take(definition, report);
            }
            if (batch.failed[i] <= 0) continue;
            ++found.partial.count;
            m_partial.take(definition, report);
            query::add_count(found.partial_failed, batch.failed[i]);
            if (batch.operations[i] >= 0)
                query::add_count(found.partial_operations, batch.operations[i]);
        }
    }

    void put_last(Flaw FlawedDefinition::*flaw, const query::Latest& latest) {
        std::vector<std::size_t> definitions;
        std::vector<store::Sequence> sequences;
        for (std::size_t definition = 0; definition < m_found.size(); ++definition) {
            if ((m_found[definition].*flaw).count == 0) continue;
            definitions.push_back(definition);
            sequences.push_back(latest.of(definition).sequence);
        }
        const auto ids = store::read_ids(m_scope.store(), sequences);
        for (std::size_t i = 0; i < definitions.size(); ++i) {
            Flaw& found = m_found[definitions[i]].*flaw;
            found.last_at = time::instant_from_micros(latest.of(definitions[i]).created_at);
            found.last_id = ids[i];
        }
    }

    const query::Scope& m_scope;
    query::Grouping m_grouping;
    std::vector<FlawedDefinition> m_found;  // by definition
    query::Latest m_partial;
    query::Latest m_empty;
};

}  // namespace

std::optional<double> FlawedDefinition::partial_failure_rate() const {
    if (partial_operations == 0) return std::nullopt;
    return static_cast<double>(partial_failed) / static_cast<double>(partial_operations);
}

std::vector<FlawedDefinition> flawed_definitions(const query::Scope& scope) {
    return FlawsFold(scope).run();
}

}  // namespace jobtally::judge
