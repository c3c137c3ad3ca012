// When each group last failed and last succeeded, and the report that failed last.
#pragma once

#include "core/query/scope.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace jobtally::answers {

// Times are created_at; of failures of one time the greatest id is the last.
struct EndTimes {
    std::optional<time::Instant> last_failure_at;
    std::optional<std::string> last_failure_id;
    std::optional<time::Instant> last_success_at;
};

// Fold batches (sequence, status, created_at) with take(), then call settle() once.
class EndTimesFold {
  public:
    explicit EndTimesFold(std::size_t groups) : m_last(groups), m_times(groups) {}

    void take(const store::FactBatch& batch, std::span<const std::int32_t> groups);
    void settle(const store::Store& store);

    const EndTimes& of(std::size_t group) const { return m_times[group]; }
    const EndTimes& of_all() const { return m_all; }

  private:
    struct Last {
        std::int64_t failure_at = INT64_MIN;
        std::int64_t success_at = INT64_MIN;
        store::Sequence failure = 0;
    };
    struct Tied {  // a further failure of the time that was the last then
        std::size_t group;
        std::int64_t failure_at;
        store::Sequence failure;
    };

    void take_failure(std::size_t group, std::int64_t at, store::Sequence sequence);

    std::vector<Last> m_last;
    std::vector<Tied> m_tied;
    std::vector<EndTimes> m_times;
    EndTimes m_all;
};

}  // namespace jobtally::answers
