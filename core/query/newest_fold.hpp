// The newest runs of each definition, in room that does not grow with the store.
#pragma once

#include "core/query/run.hpp"
#include "core/time/instant.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

namespace jobtally::query {

// Drops the oldest runs of a definition whenever half as many again have come, so that the room
// they take does not grow with the store. They are kept small until the end.
class NewestFold {
  public:
    using Sequences = std::unordered_set<store::Sequence>;

    // `was_known`, which must outlive it: of what arrived at `known_at` or later.
    NewestFold(std::size_t definitions, time::Instant now, std::size_t most,
               std::optional<time::Instant> known_at, const Sequences& was_known)
        : m_now(time::micros(now)), m_most(most), m_was_known(&was_known), m_seen(definitions) {
        if (known_at) m_known_at = time::micros(*known_at);
    }

    store::FactColumns columns() const {
        using store::FactColumn;
        const auto columns = FactColumn::definition | FactColumn::type | FactColumn::status |
                             FactColumn::created_at | FactColumn::updated_at;
        return m_known_at ? columns | FactColumn::received_at | FactColumn::sequence : columns;
    }
    // Whether reports of these definitions, the last of them created at `last_created`, may be
    // among the newest, or may have the type.
    bool wants_more(const store::FactBatch& definitions, std::int64_t last_created) {
        if (last_created > m_now) return true;
        return std::any_of(
            definitions.definition.begin(), definitions.definition.end(), [&](auto definition) {
                return definition != 0 &&
                       last_created >= needed_since(m_seen[static_cast<std::size_t>(definition)]);
            });
    }
    // Of those that it did not want more of, the definitions alone.
    void take(const store::FactBatch& batch) {
        if (batch.created_at.empty()) return count(batch);
        for (std::size_t i = 0; i < batch.size; ++i) {
            const std::int64_t created = batch.created_at[i];
            if (batch.definition[i] == 0 || created > m_now) continue;
            Seen& seen = m_seen[static_cast<std::size_t>(batch.definition[i])];
            ++seen.reports;
            if (batch.type[i] != 0 && std::pair(created, batch.type[i]) > seen.typed) {
                seen.typed = {created, batch.type[i]};
            }
            if (created < seen.oldest_kept) continue;
            SmallRun& run = seen.runs.emplace_back();
            run.created_at = created;
            run.updated_at = batch.updated_at[i];
            run.status = batch.status[i];
            if (m_known_at) put_known(run, batch.received_at[i], batch.sequence[i]);
            if (seen.runs.size() >= m_most + m_most / 2 + 64) drop_oldest(seen);
        }
    }
    // What it has of a definition, and what others with the same `now` and `most` have, which give
    // it away: ascending. Different definitions may be finished by different threads.
    void finish(std::size_t definition, std::span<NewestFold> others, FoundRuns& found) {
        Seen& seen = m_seen[definition];
        for (NewestFold& other : others) {
            Seen& more = other.m_seen[definition];
            seen.reports += more.reports;
            seen.typed = std::max(seen.typed, more.typed);
            seen.runs.insert(seen.runs.end(), more.runs.begin(), more.runs.end());
            std::vector<SmallRun>().swap(more.runs);
        }
        if (seen.runs.size() > m_most) drop_oldest(seen);
        std::sort(seen.runs.begin(), seen.runs.end(), before);
        found.reports = seen.reports;
        found.type = seen.typed.second;
        found.runs.reserve(seen.runs.size());
        for (const SmallRun& run : seen.runs) found.runs.push_back(run.whole());
        std::vector<SmallRun>().swap(seen.runs);  // the room is needed for those that follow
    }

  private:
    struct SmallRun {
        std::int64_t created_at = 0;
        std::int64_t updated_at = 0;
        model::Status status{};
        bool is_news = false;

        Run whole() const {
            Run run;
            run.created_at = created_at;
            run.updated_at = updated_at;
            run.status = status;
            run.is_news = is_news;
            return run;
        }
    };
    struct Seen {
        std::vector<SmallRun> runs;
        std::int64_t reports = 0;
        std::int64_t oldest_kept = INT64_MIN;
        std::pair<std::int64_t, store::WordKey> typed{INT64_MIN, 0};
    };

    // An end that lies in the future has a wrong clock: the job had ended when its report came.
    void put_known(SmallRun& run, std::int64_t received_at, store::Sequence sequence) const {
        run.is_news = run.created_at > *m_known_at ||
                      (received_at >= *m_known_at && !m_was_known->contains(sequence));
        if (run.updated_at > m_now) run.updated_at = std::min(run.updated_at, received_at);
    }
    void count(const store::FactBatch& batch) {
        for (const auto definition : batch.definition) {
            if (definition != 0) ++m_seen[static_cast<std::size_t>(definition)].reports;
        }
    }
    // What was created before that time changes nothing but the number of reports.
    std::int64_t needed_since(Seen& seen) const {
        if (seen.runs.size() < m_most) return INT64_MIN;
        const bool is_exact = seen.runs.size() == m_most && seen.oldest_kept != INT64_MIN;
        if (!is_exact) drop_oldest(seen);
        return std::min(seen.oldest_kept, seen.typed.first);
    }
    // Of equal times, runs that are still running come first, so that a finished one has the last
    // word. What else they have decides too, so that the order in which they came does not.
    static bool before(const SmallRun& a, const SmallRun& b) {
        if (a.created_at != b.created_at) return a.created_at < b.created_at;
        const auto place = [](const SmallRun& run) {
            return std::tuple(run.status != model::Status::running, run.whole().duration(),
                              run.status, run.updated_at);
        };
        return place(a) < place(b);
    }
    void drop_oldest(Seen& seen) const {
        const auto first = seen.runs.end() - static_cast<std::ptrdiff_t>(m_most);
        std::nth_element(seen.runs.begin(), first, seen.runs.end(), before);
        seen.oldest_kept = first->created_at;
        seen.runs.erase(seen.runs.begin(), first);
    }

    std::int64_t m_now;
    std::size_t m_most;
    std::optional<std::int64_t> m_known_at;
    const Sequences* m_was_known;
    std::vector<Seen> m_seen;  // by definition
};

}  // namespace jobtally::query
