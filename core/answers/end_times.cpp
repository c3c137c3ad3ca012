// Keeps the latest times; ids are read at the end, for the last failures alone.
#include "core/answers/end_times.hpp"

#include <algorithm>
#include <tuple>

namespace jobtally::answers {

void EndTimesFold::take_failure(std::size_t group, std::int64_t at, store::Sequence sequence) {
    Last& last = m_last[group];
    if (at == last.failure_at) {
        m_tied.push_back({group, at, sequence});
    } else if (at > last.failure_at) {
        last.failure_at = at;
        last.failure = sequence;
    }
}

void EndTimesFold::take(const store::FactBatch& batch, std::span<const std::int32_t> groups) {
    for (std::size_t i = 0; i < batch.size; ++i) {
        const auto group = static_cast<std::size_t>(groups[i]);
        if (batch.status[i] == model::Status::success) {
            m_last[group].success_at = std::max(m_last[group].success_at, batch.created_at[i]);
        } else if (batch.status[i] == model::Status::failure) {
            take_failure(group, batch.created_at[i], batch.sequence[i]);
        }
    }
}

void EndTimesFold::settle(const store::Store& store) {
    std::vector<Tied> candidates;
    for (std::size_t group = 0; group < m_last.size(); ++group) {
        const Last& last = m_last[group];
        if (last.failure != 0) candidates.push_back({group, last.failure_at, last.failure});
        if (last.success_at == INT64_MIN) continue;
        const auto at = time::instant_from_micros(last.success_at);
        m_times[group].last_success_at = at;
        m_all.last_success_at = std::max(m_all.last_success_at, std::optional(at));
    }
    for (const Tied& tied : m_tied) {
        if (tied.failure_at == m_last[tied.group].failure_at) candidates.push_back(tied);
    }
    std::vector<store::Sequence> sequences;
    for (const Tied& candidate : candidates) sequences.push_back(candidate.failure);
    const auto ids = store::read_ids(store, sequences);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const auto at = std::optional(time::instant_from_micros(candidates[i].failure_at));
        for (EndTimes* times : {&m_times[candidates[i].group], &m_all}) {
            if (std::tie(at, ids[i]) > std::tuple(times->last_failure_at,
                                                  times->last_failure_id.value_or(std::string()))) {
                times->last_failure_at = at;
                times->last_failure_id = ids[i];
            }
        }
    }
}

}  // namespace jobtally::answers
