// Maps reports to groups, which are dense numbers, and says what the groups are called.
#pragma once

#include "core/query/scope.hpp"
#include "core/query/selection.hpp"
#include "core/store/facts.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace jobtally::query {

// What names a group, as the cells of its grouping columns: definition_id, definition_name and type
// by definition (of reports without a definition: unknown); the name in the report by name;
// `Monday` by weekday; nothing by none.
using GroupKey = std::vector<table::Cell>;

// The columns of a GroupKey.
std::vector<table::Column> grouping_columns(By by);

// Weekday and hour are those of the time that counts, on the clock of the selection's zone; a
// report without that time has a group of its own, as have those without a name or type. The scope
// must outlive it.
class Grouping {
  public:
    Grouping(By by, const Scope& scope);

    By by() const { return m_by; }
    // Groups are 0 to size() - 1; most may be without reports.
    std::size_t size() const { return m_size; }
    // The columns that groups_of() needs.
    store::FactColumns columns() const;
    // A group a report; good until the batch ends or the next call.
    std::span<const std::int32_t> groups_of(const store::FactBatch& batch);

    // `type` is the third cell of a definition: that of its newest report.
    GroupKey key(std::size_t group, store::WordKey type = 0) const;
    // The groups that hold something, in their natural order: definitions by name then id, texts by
    // their bytes, Monday first; the unknown last.
    std::vector<std::size_t> in_order(const std::function<bool(std::size_t)>& holds) const;

  private:
    void find_clock_groups(const store::FactBatch& batch);

    By m_by;
    const Scope& m_scope;
    time::Zone m_zone;
    std::size_t m_size = 1;
    std::vector<std::int32_t> m_found;  // where no column of the batch is the group
};

}  // namespace jobtally::query
