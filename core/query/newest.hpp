// The word (a status, a type) of the newest report of each group: newest by created_at, then by id.
#pragma once

#include "core/query/grouping.hpp"
#include "core/query/scope.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::query {

// Fold batches with take(); settle() once at the end. Ids are read only where times are equal and
// words are not.
class NewestWord {
  public:
    // `column` is status or type.
    NewestWord(store::FactColumn column, std::size_t groups);

    // The columns it needs besides those of the grouping.
    store::FactColumns columns() const { return m_column | store::FactColumn::created_at; }
    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups);
    // Decides the ties, which takes a further scan where there are any.
    void settle(const Scope& scope, Grouping& grouping);

    // 0 and none where the group has no such report.
    store::WordKey word(std::size_t group) const { return m_groups[group].word; }
    std::optional<time::Instant> created_at(std::size_t group) const;
    // Of all groups together.
    store::WordKey word_of_all() const { return m_all.word; }
    std::optional<time::Instant> created_at_of_all() const;

  private:
    struct Newest {
        std::int64_t created_at = INT64_MIN;
        store::WordKey word = 0;
        bool tied = false;  // another report of that time has another word
    };
    struct Candidate {
        std::size_t group;
        store::Sequence sequence;
        store::WordKey word;
    };

    const std::vector<store::WordKey>& words_of(const store::FactBatch& batch) const;
    void sum_up();
    std::vector<Candidate> candidates(const Scope& scope, Grouping& grouping) const;

    store::FactColumn m_column;
    std::vector<Newest> m_groups;
    Newest m_all;
};

}  // namespace jobtally::query
