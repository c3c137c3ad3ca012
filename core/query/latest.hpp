// The latest report of each group: by created_at, then by id.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::query {

// Take every report that may be the latest of its group, then call settle() once. Ids are read only
// for reports that share a time with the latest.
class Latest {
  public:
    struct Report {
        std::int64_t created_at = INT64_MIN;
        store::Sequence sequence = 0;  // 0: the group has no report
        store::WordKey word = 0;       // what the caller wants to know of it: its status, its type

        std::optional<time::Instant> at() const;
    };
    // What take() needs of a batch.
    static constexpr store::FactColumns columns =
        store::FactColumn::sequence | store::FactColumn::created_at;

    explicit Latest(std::size_t groups, std::int64_t last_created = INT64_MAX)
        : m_latest(groups + 1), m_last_created(last_created) {}

    void take(std::size_t group, const Report& report) {
        Report& latest = m_latest.data()[group];
        if (report.created_at < latest.created_at) return;
        if (report.created_at > latest.created_at) {
            latest = report;
        } else {
            take_tie(group, report);
        }
    }
    // The reports of a batch whose word is known, and that were not created after `last_created`.
    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups,
              std::span<const store::WordKey> words);
    // What another has taken of the same groups, before both are settled.
    void merge(const Latest& other);
    void settle(const store::Store& store);

    const Report& of(std::size_t group) const { return m_latest[group]; }
    const Report& of_all() const { return m_latest.back(); }

  private:
    struct Tie {
        std::size_t group;
        Report report;
    };

    void take_tie(std::size_t group, const Report& report);
    void drop_old_ties();
    void settle_ties(const store::Store& store);

    std::vector<Report> m_latest;  // by group, then that of all groups
    std::vector<Tie> m_ties;       // reports that had the same time as the latest when they came
    std::size_t m_most_ties = 4096;
    std::int64_t m_last_created;
};

}  // namespace jobtally::query
