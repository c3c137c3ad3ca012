// What was known before of reports that replaced others: so that what a digest said can be told
// from what it would say now.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/fast_statement.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace jobtally::store {

// Of a report and those of its id that it replaced. Times are microseconds.
struct Past {
    std::int64_t first_at = 0;  // when the first of them came
    std::optional<std::int64_t>
        failed_at{};  // the first FAILURE had ended or come, if there is one; come, after a SUCCESS
    std::optional<std::int64_t> well_at{};  // the first SUCCESS after the last FAILURE came
    bool was_well = false;                  // the last of them said SUCCESS
};

// The writer's part of the table `replaced`.
class ReplacedTable {
  public:
    explicit ReplacedTable(const Store::Connection& connection);

    // Of a row that is still there.
    Past past_of(const FactRow& row);
    // Of a row that has been inserted, in place of one with that past.
    void note(const FactRow& row, Past past);

  private:
    FastStatement m_find;
    FastStatement m_note;
};

// Those that arrived at `since` or later, and replaced what had come before it.
std::unordered_set<Sequence> read_known_before(const Store& store, time::Instant since);
// Those of which it was known at `since` that they had failed, and not that they had succeeded
// after that, whatever they say now: with Past::failed_at.
std::unordered_map<Sequence, std::int64_t> read_failing_at(const Store& store, time::Instant since);

}  // namespace jobtally::store
