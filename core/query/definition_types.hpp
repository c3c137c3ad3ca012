// The type of each definition's newest report, for answers by definition.
#pragma once

#include "core/query/newest.hpp"

namespace jobtally::query {

// Fold batches with take(), then settle() once. Does nothing where the answer is by something else.
class DefinitionTypes {
  public:
    DefinitionTypes(const GroupBy& by, const Scope& scope)
        : m_wanted(by.by == By::definition),
          m_scope(scope),
          m_definitions(By::definition, scope),
          m_newest(store::FactColumn::type, m_wanted ? m_definitions.size() : 0) {}

    store::FactColumns columns() const {
        return m_wanted ? m_definitions.columns() | m_newest.columns() : store::FactColumns{0};
    }
    void take(const store::FactBatch& batch) {
        if (m_wanted) m_newest.take(batch, m_definitions.groups_of(batch));
    }
    void settle() {
        if (m_wanted) m_newest.settle(m_scope, m_definitions);
    }
    // The group's key with the type of its definition.
    GroupKey key(const Grouping& grouping, std::size_t group) const {
        if (!m_wanted) return grouping.key(group);
        const auto definition = static_cast<std::size_t>(grouping.definition_of(group));
        return grouping.key(group, m_newest.word(definition));
    }

  private:
    bool m_wanted;
    const Scope& m_scope;
    Grouping m_definitions;
    NewestWord m_newest;
};

}  // namespace jobtally::query
