// Collects runs in one scan and drops the oldest of a definition whenever twice too many came.
#include "core/rhythm/runs.hpp"

#include <algorithm>
#include <tuple>

namespace jobtally::rhythm {

namespace {

using store::FactBatch;
using store::FactColumn;

class RunsFold {
  public:
    RunsFold(std::size_t definitions, std::int64_t now, std::size_t most)
        : m_now(now), m_most(most), m_found(definitions) {}

    void take(const FactBatch& batch) {
        for (std::size_t i = 0; i < batch.size; ++i) {
            const std::int64_t created = batch.created_at[i];
            if (batch.definition[i] == 0 || created > m_now) continue;
            Found& found = m_found[static_cast<std::size_t>(batch.definition[i])];
            ++found.reports;
            if (batch.type[i] != 0 && std::pair(created, batch.type[i]) > found.typed) {
                found.typed = {created, batch.type[i]};
            }
            if (created < found.oldest_kept) continue;
            found.runs.push_back(run_of(batch, i));
            if (found.runs.size() >= 2 * m_most + 1024) drop_oldest(found);
        }
    }

    std::vector<DefinitionRuns> finish() {
        std::vector<DefinitionRuns> result(m_found.size());
        for (std::size_t key = 0; key < m_found.size(); ++key) {
            Found& found = m_found[key];
            if (found.runs.size() > m_most) drop_oldest(found);
            std::sort(found.runs.begin(), found.runs.end(), before);
            result[key].reports = found.reports;
            result[key].type = found.typed.second;
            result[key].runs.reserve(found.runs.size());
            for (const auto& run : found.runs) {
                result[key].runs.push_back(run.run);
                if (run.is_running) result[key].running.push_back(run.run.created_at);
            }
        }
        return result;
    }

  private:
    struct Told {
        Occurrence run;
        bool is_running;
    };
    struct Found {
        std::vector<Told> runs;
        std::int64_t reports = 0;
        std::int64_t oldest_kept = INT64_MIN;
        std::pair<std::int64_t, store::WordKey> typed{INT64_MIN, 0};
    };

    // Of one time those that run come first: they are not the last word.
    static bool before(const Told& a, const Told& b) {
        return std::tuple(a.run.created_at, !a.is_running, a.run.duration) <
               std::tuple(b.run.created_at, !b.is_running, b.run.duration);
    }

    static Told run_of(const FactBatch& batch, std::size_t i) {
        const std::int64_t created = batch.created_at[i], updated = batch.updated_at[i];
        const bool has_end = model::is_finished(batch.status[i]) &&
                             updated != store::unknown_value && updated >= created;
        return {{created, has_end ? updated - created : -1},
                batch.status[i] == model::Status::running};
    }

    void drop_oldest(Found& found) const {
        const auto first = found.runs.end() - static_cast<std::ptrdiff_t>(m_most);
        std::nth_element(found.runs.begin(), first, found.runs.end(), before);
        found.oldest_kept = first->run.created_at;
        found.runs.erase(found.runs.begin(), first);
    }

    std::int64_t m_now;
    std::size_t m_most;
    std::vector<Found> m_found;
};

}  // namespace

std::vector<DefinitionRuns> newest_runs(const query::Scope& scope, time::Instant now,
                                        std::size_t most) {
    RunsFold fold(static_cast<std::size_t>(scope.catalogue().max_definition()) + 1,
                  time::micros(now), most);
    const auto columns = FactColumn::definition | FactColumn::type | FactColumn::status |
                         FactColumn::created_at | FactColumn::updated_at;
    scope.scan(columns, [&](const FactBatch& batch) { fold.take(batch); });
    return fold.finish();
}

}  // namespace jobtally::rhythm
