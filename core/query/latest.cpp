#include "core/query/latest.hpp"

#include "core/store/reports/read_reports.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace jobtally::query {

std::optional<time::Instant> Latest::Report::at() const {
    if (sequence == 0) return std::nullopt;
    return time::instant_from_micros(created_at);
}

void Latest::take(const store::FactBatch& batch, std::span<const std::int32_t> groups,
                  std::span<const store::WordKey> words) {
    const auto* created = batch.created_at.data();
    const auto* sequences = batch.sequence.data();
    const auto* latest = m_latest.data();
    for (std::size_t i = 0; i < batch.size; ++i) {
        const auto group = static_cast<std::size_t>(groups.data()[i]);
        const store::WordKey word = words.data()[i];
        if (created[i] < latest[group].created_at || word == 0 || created[i] > m_last_created)
            continue;
        take(group, {created[i], sequences[i], word});
    }
}

// Reports come nearly in the order of their times, so most ties are soon old.
void Latest::take_tie(std::size_t group, const Report& report) {
    if (m_ties.size() == m_most_ties) {
        drop_old_ties();
        m_most_ties = std::max(m_most_ties, 2 * m_ties.size());
    }
    m_ties.push_back({group, report});
}

void Latest::drop_old_ties() {
    std::erase_if(m_ties, [&](const Tie& tie) {
        return tie.report.created_at < m_latest[tie.group].created_at;
    });
}

void Latest::merge(const Latest& other) {
    for (std::size_t group = 0; group < m_latest.size(); ++group) {
        if (other.m_latest[group].sequence != 0) take(group, other.m_latest[group]);
    }
    for (const Tie& tie : other.m_ties) take(tie.group, tie.report);
}

void Latest::settle(const store::Store& store) {
    settle_ties(store);
    const std::size_t all = m_latest.size() - 1;
    for (std::size_t group = 0; group < all; ++group) {
        if (m_latest[group].sequence != 0) take(all, m_latest[group]);
    }
    settle_ties(store);
}

void Latest::settle_ties(const store::Store& store) {
    drop_old_ties();
    std::unordered_map<std::size_t, std::string> greatest;  // id, by group
    std::vector<store::Sequence> sequences;
    for (const Tie& tie : m_ties) {
        sequences.push_back(tie.report.sequence);
        sequences.push_back(m_latest[tie.group].sequence);
    }
    const auto ids = store::read_ids(store, sequences);
    for (std::size_t i = 0; i < m_ties.size(); ++i) {
        std::string& id = greatest.try_emplace(m_ties[i].group, ids[2 * i + 1]).first->second;
        if (ids[2 * i] <= id) continue;
        id = ids[2 * i];
        m_latest[m_ties[i].group] = m_ties[i].report;
    }
    m_ties.clear();
}

}  // namespace jobtally::query
