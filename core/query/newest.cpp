// Keeps the newest word of each group and breaks ties by id.
#include "core/query/newest.hpp"

#include <algorithm>
#include <string>

namespace jobtally::query {

using store::FactBatch;
using store::FactColumn;

namespace {

std::optional<time::Instant> instant_or_none(std::int64_t micros) {
    if (micros == INT64_MIN) return std::nullopt;
    return time::instant_from_micros(micros);
}

}  // namespace

NewestWord::NewestWord(FactColumn column, std::size_t groups)
    : m_column(column), m_groups(groups) {}

const std::vector<store::WordKey>& NewestWord::words_of(const FactBatch& batch) const {
    return m_column == FactColumn::type ? batch.type : batch.status_word;
}

void NewestWord::take(const FactBatch& batch, std::span<const std::int32_t> groups) {
    const auto* words = words_of(batch).data();
    const auto* created = batch.created_at.data();
    for (std::size_t i = 0; i < batch.size; ++i) {
        Newest& newest = m_groups[static_cast<std::size_t>(groups[i])];
        if (created[i] < newest.created_at || words[i] == 0) continue;
        if (created[i] == newest.created_at) {
            newest.tied |= words[i] != newest.word;
        } else {
            newest = {created[i], words[i], false};
        }
    }
}

void NewestWord::sum_up() {
    m_all = {};
    for (const Newest& newest : m_groups) {
        if (newest.word == 0 || newest.created_at < m_all.created_at) continue;
        if (newest.created_at == m_all.created_at) {
            m_all.tied |= newest.tied || newest.word != m_all.word;
        } else {
            m_all = newest;
        }
    }
}

std::vector<NewestWord::Candidate> NewestWord::candidates(const Scope& scope,
                                                          Grouping& grouping) const {
    std::vector<Candidate> found;
    scope.scan(grouping.columns() | columns() | FactColumn::sequence, [&](const FactBatch& batch) {
        const auto groups = grouping.groups_of(batch);
        const auto& words = words_of(batch);
        for (std::size_t i = 0; i < batch.size; ++i) {
            const auto group = static_cast<std::size_t>(groups[i]);
            const std::int64_t created = batch.created_at[i];
            const bool wanted = (m_groups[group].tied && created == m_groups[group].created_at) ||
                                (m_all.tied && created == m_all.created_at);
            if (wanted && words[i] != 0) found.push_back({group, batch.sequence[i], words[i]});
        }
    });
    return found;
}

void NewestWord::settle(const Scope& scope, Grouping& grouping) {
    sum_up();
    const bool any_tie =
        m_all.tied || std::any_of(m_groups.begin(), m_groups.end(),
                                  [](const Newest& newest) { return newest.tied; });
    if (!any_tie) return;
    const auto found = candidates(scope, grouping);
    std::vector<store::Sequence> sequences;
    for (const auto& candidate : found) sequences.push_back(candidate.sequence);
    const auto ids = store::read_ids(scope.store(), sequences);
    std::vector<std::string> greatest(m_groups.size());
    std::string greatest_of_all;
    for (std::size_t i = 0; i < found.size(); ++i) {
        Newest& newest = m_groups[found[i].group];
        if (newest.tied && ids[i] > greatest[found[i].group]) {
            greatest[found[i].group] = ids[i];
            newest.word = found[i].word;
        }
        if (m_all.tied && ids[i] > greatest_of_all) {
            greatest_of_all = ids[i];
            m_all.word = found[i].word;
        }
    }
}

std::optional<time::Instant> NewestWord::created_at(std::size_t group) const {
    return instant_or_none(m_groups[group].created_at);
}

std::optional<time::Instant> NewestWord::created_at_of_all() const {
    return instant_or_none(m_all.created_at);
}

}  // namespace jobtally::query
