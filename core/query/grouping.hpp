// Maps reports to groups, which are dense numbers, and says what the groups are called.
#pragma once

#include "core/query/buckets.hpp"
#include "core/query/scope.hpp"
#include "core/query/selection.hpp"
#include "core/store/facts/facts.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace jobtally::query {

// What names a group, as the cells of its grouping columns: definition_id, definition_name and type
// by definition (of reports without a definition: unknown); the name in the report by name;
// `Monday` by weekday; nothing by none. With a series the bucket stands behind them.
using GroupKey = std::vector<table::Cell>;

// The columns of a GroupKey.
std::vector<table::Column> grouping_columns(const GroupBy& by);

// Weekday, hour and bucket are those of the time that counts, on the clock of the selection's zone;
// a report without that time has a group of its own, as have those without a name or type. The
// scope must outlive it.
class Grouping {
  public:
    // With a series it scans the scope for the groups that there are and the time they span.
    // Throws UsageError for more than two million buckets in all.
    Grouping(const GroupBy& by, const Scope& scope);

    const GroupBy& by() const { return m_by; }
    // Groups are 0 to size() - 1; most may be without reports.
    std::size_t size() const { return m_size; }
    // The columns that groups_of() needs.
    store::FactColumns columns() const;
    // A group a report; good until the batch ends or the next call.
    std::span<const std::int32_t> groups_of(const store::FactBatch& batch);

    // `type` is the third cell of a definition: that of its newest report.
    GroupKey key(std::size_t group, store::WordKey type = 0) const;
    // The definition that a group is of; 0 (unknown) where it is not grouped by definition.
    store::DefinitionKey definition_of(std::size_t group) const;
    // The groups that hold something, in their natural order: definitions by name then id, texts by
    // their bytes, Monday first; the unknown last. Of a series all buckets of a group that holds
    // something in any.
    std::vector<std::size_t> in_order(const std::function<bool(std::size_t)>& holds) const;

  private:
    std::span<const std::int32_t> whole_groups_of(const store::FactBatch& batch);
    void find_clock_groups(const store::FactBatch& batch);
    void find_buckets(const store::FactBatch& batch, std::span<const std::int32_t> wholes);
    void lay_out_series();
    GroupKey whole_key(std::size_t whole, store::WordKey type) const;
    std::vector<std::size_t> ordered(std::vector<std::size_t> wholes) const;

    // A group of a series is one bucket of a whole, which is a group without it.
    std::size_t whole_of(std::size_t group) const;

    GroupBy m_by;
    const Scope& m_scope;
    time::Zone m_zone;
    std::size_t m_size = 1;
    std::vector<std::int32_t> m_found;  // where no column of the batch is the group
    std::vector<std::int32_t> m_found_buckets;

    // Of a series only: wholes that have reports, densely numbered.
    std::optional<Buckets> m_buckets;
    std::vector<std::size_t> m_wholes;
    std::vector<std::int32_t> m_place;  // of a whole in m_wholes; -1: it has no reports
};

}  // namespace jobtally::query
