// Streaks of failures and the recoveries that end them, definition by definition.
#pragma once

#include "core/query/chunks.hpp"
#include "core/query/scope.hpp"
#include "core/query/sums.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace jobtally::answers {

// Of the finished reports of one definition in (created_at, id) order.
struct StreakFigures {
    std::int64_t current = 0;  // FAILURE reports since the last SUCCESS
    std::int64_t longest = 0;
    std::int64_t failing_since = store::unknown_value;  // created_at of the current streak's first
};

// A length is from the streak's first FAILURE to the end of the SUCCESS; one below 0 is an error of
// a clock and unknown.
struct Recoveries {
    std::int64_t count = 0;
    std::int64_t known = 0;  // of how many the length is
    query::Wide micros = 0;  // of these together
};

// In two scans of one state of the store, by several threads. First take_failures(), each thread
// with a fold of its own, which are merged. Then sort_failures(), take_successes() by all threads
// with the one fold, and settle(). Reports without a definition are taken as those of one more
// definition, 0. A recovery counts in the group of the SUCCESS that ends it.
//
// Failures cut time into gaps, and of the many successes, which nothing keeps, only the first of
// each gap matters. Ids are read where equal times leave the order open.
class StreakFold {
  public:
    // Keys and groups are below these; what was created after `last_created`, in microseconds, has
    // a wrong clock and is left out.
    StreakFold(std::size_t definitions, std::size_t groups, std::int64_t last_created = INT64_MAX)
        : m_definitions(definitions), m_groups(groups), m_last_created(last_created) {}

    static constexpr store::FactColumns columns() {
        using store::FactColumn;
        return FactColumn::sequence | FactColumn::definition | FactColumn::status |
               FactColumn::created_at | FactColumn::updated_at;
    }
    void take_failures(const store::FactBatch& batch, std::span<const std::int32_t> groups);
    void merge(StreakFold&& other) { m_failures.take_over(std::move(other.m_failures)); }
    void sort_failures(std::size_t workers);
    // False where there is none, so that successes end nothing.
    bool has_failures() const { return m_failures.size() > 0; }
    void take_successes(std::size_t worker, const store::FactBatch& batch,
                        std::span<const std::int32_t> groups);
    void settle(const store::Store& store);

    const StreakFigures& streak(std::size_t definition) const { return m_streaks[definition]; }
    const Recoveries& recoveries(std::size_t group) const { return m_recoveries[group]; }

  private:
    struct Event {
        std::int64_t created_at;
        std::int64_t ended_at;  // updated_at, else created_at
        store::Sequence sequence;
        std::int32_t definition;
        std::int32_t group;
    };
    struct Ordered {
        Event event;
        bool failed;
    };
    class Walk;

    std::span<const std::int64_t> times_of(std::size_t definition) const;
    std::size_t first_at_or_after(std::size_t definition, std::int64_t at) const;
    std::size_t gap_of(std::size_t definition, std::int64_t at, std::size_t& cursor) const;
    bool may_matter(std::size_t gap, std::int64_t at);
    void place_success(std::size_t gap, const Event& success);
    bool leaves_order_open(const Event& success) const;
    void order_shared_times(const store::Store& store);
    void walk_definition(std::size_t definition);
    bool walk_ordered(Walk& walk, std::size_t definition, std::int64_t at);

    std::size_t m_definitions;
    std::size_t m_groups;
    std::int64_t m_last_created;
    query::Chunks<Event> m_failures;
    // The failures' times by definition, each definition's between a sentinel before and one after
    // all time. A gap has the number of the time before it.
    std::vector<std::int64_t> m_times;
    std::vector<std::size_t> m_begin;  // of a definition in m_times; one more at the end
    std::vector<std::vector<std::size_t>> m_cursors;  // by worker: the gap of each one's last
    // What follows is written under the lock. All but created_at is read under it too.
    std::unique_ptr<std::mutex> m_lock;
    // The first success of each gap; created_at is INT64_MAX where there is none.
    std::vector<Event> m_firsts;
    // By time: 1 if a success has the same time as a failure. Of equal times only the first is
    // marked.
    std::vector<std::uint8_t> m_shared;
    // The events whose order only ids tell, by definition, time and id; some successes twice.
    std::vector<Ordered> m_ordered;
    std::size_t m_next_ordered = 0;
    std::vector<StreakFigures> m_streaks;
    std::vector<Recoveries> m_recoveries;
};

}  // namespace jobtally::answers
