// Collects flawed successes, which are few, and counts them by definition.
#include "core/judge/flawed_successes.hpp"

#include "core/query/id_order.hpp"
#include "core/query/newest.hpp"
#include "core/query/sums.hpp"

#include <tuple>

namespace jobtally::judge {

namespace {

using store::FactColumn;

struct Flawed {
    std::size_t definition;
    std::int64_t created_at;
    store::Sequence sequence;
    std::int64_t operations;
    std::int64_t failed;

    bool is_partial() const { return failed > 0; }
};

class FlawsFold {
  public:
    explicit FlawsFold(const query::Scope& scope)
        : m_scope(scope),
          m_grouping(query::By::definition, scope),
          m_finished(m_grouping.size()),
          m_type(FactColumn::type, m_grouping.size()) {}

    std::vector<FlawedDefinition> run() {
        const auto columns = m_type.columns() | FactColumn::sequence | FactColumn::definition |
                             FactColumn::status | FactColumn::operations;
        m_scope.scan(columns, [&](const store::FactBatch& batch) {
            m_type.take(batch, m_grouping.groups_of(batch));
            take(batch);
        });
        m_type.settle(m_scope, m_grouping);
        query::sort_by_place_and_id(
            m_flawed, m_scope.store(),
            [](const Flawed& flawed) { return std::tie(flawed.definition, flawed.created_at); },
            [](const Flawed& flawed) { return flawed.sequence; });
        return rows();
    }

  private:
    void take(const store::FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto definition = static_cast<std::size_t>(batch.definition[i]);
            if (!model::is_finished(batch.status[i])) continue;
            ++m_finished[definition];
            if (batch.status[i] != model::Status::success) continue;
            if (batch.failed[i] > 0 || batch.operations[i] == 0) {
                m_flawed.push_back({definition, batch.created_at[i], batch.sequence[i],
                                    batch.operations[i], batch.failed[i]});
            }
        }
    }

    std::vector<FlawedDefinition> rows() const {
        std::vector<FlawedDefinition> by_definition(m_finished.size());
        std::vector<store::Sequence> sequences;
        for (const Flawed& flawed : m_flawed) sequences.push_back(flawed.sequence);
        const auto ids = store::read_ids(m_scope.store(), sequences);
        for (std::size_t i = 0; i < m_flawed.size(); ++i) {
            count(by_definition[m_flawed[i].definition], m_flawed[i], ids[i]);
        }
        const auto holds = [&](std::size_t group) {
            return by_definition[group].partial.count + by_definition[group].empty.count > 0;
        };
        std::vector<FlawedDefinition> rows;
        for (const std::size_t group : m_grouping.in_order(holds)) {
            rows.push_back(by_definition[group]);
            rows.back().key = m_grouping.key(group, m_type.word(group));
            rows.back().finished = m_finished[group];
        }
        return rows;
    }

    // Flaws come in order, so the last one counted is the newest.
    static void count(FlawedDefinition& row, const Flawed& flawed, const std::string& id) {
        const auto note = [&](Flaw& flaw) {
            ++flaw.count;
            flaw.last_at = time::instant_from_micros(flawed.created_at);
            flaw.last_id = id;
        };
        if (flawed.operations == 0) note(row.empty);
        if (!flawed.is_partial()) return;
        note(row.partial);
        query::add_count(row.partial_failed, flawed.failed);
        if (flawed.operations >= 0) query::add_count(row.partial_operations, flawed.operations);
    }

    const query::Scope& m_scope;
    query::Grouping m_grouping;
    std::vector<std::int64_t> m_finished;
    query::NewestWord m_type;
    std::vector<Flawed> m_flawed;
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
