// Maps reports to groups, which are dense numbers, and says what the groups are called.
#pragma once

#include "core/query/latest.hpp"
#include "core/query/scope.hpp"
#include "core/query/selection.hpp"
#include "core/query/series.hpp"
#include "core/store/facts/facts.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace jobtally::query {

// What names a group, as the cells of its grouping columns: definition_id, definition_name and type
// by definition (of reports without a definition: unknown); the name in the report by name;
// `Monday` by weekday; nothing by none. With a series the bucket stands behind them.
using GroupKey = std::vector<table::Cell>;

// The columns of a GroupKey, then those of its figures.
std::vector<table::Column> grouping_columns(const GroupBy& by,
                                            std::vector<table::Column> figures = {});

// Weekday, hour and bucket are those of the time that counts, on the clock of the selection's zone.
// Reports without a name or type have a group of their own. The scope must outlive it.
class Grouping {
  public:
    // With a series it scans the scope for the groups that there are and the time they span.
    // Throws UsageError for more than two million groups in all.
    Grouping(const GroupBy& by, const Scope& scope);

    const GroupBy& by() const { return m_by; }
    // Groups are 0 to size() - 1; most may be without reports.
    std::size_t size() const { return m_series ? m_series->size() : m_wholes; }
    // Folds all selected reports on several processors. make() returns an empty fold, which has
    // take(batch, groups), with the group of each report of the batch, and merge(other), to which
    // the order must not matter. It is called by each thread that needs one. To be called once: by
    // definition it learns the definitions' types for key().
    template <class Make>
    auto fold(store::FactColumns columns, Make make) {
        using Fold = decltype(make());
        std::vector<std::unique_ptr<Fold>> folds(workers());
        const auto of = [&](std::size_t worker) -> Fold& {
            auto& own = folds[worker];
            if (!own) own = std::make_unique<Fold>(make());
            return *own;
        };
        scan_types(columns,
                   [&](std::size_t worker, const store::FactBatch& batch,
                       std::span<const std::int32_t> groups) { of(worker).take(batch, groups); });
        for (std::size_t worker = 1; worker < folds.size(); ++worker) {
            if (folds[worker]) of(0).merge(std::move(*folds[worker]));
            folds[worker].reset();
        }
        return std::move(of(0));
    }

    // Of a scan by several workers; both may be called again, after the other.
    using TakeAt = std::function<void(std::size_t worker, const store::FactBatch&,
                                      std::span<const std::int32_t> groups)>;
    // How many workers the groups allow: one where each would need many.
    std::size_t workers() const;
    void scan(store::FactColumns columns, const TakeAt& take);

    GroupKey key(std::size_t group) const;
    // The groups that hold something, in their natural order: definitions by name then id, texts by
    // their bytes, Monday first; the unknown last. In a series a group that holds something in any
    // bucket comes with all its buckets.
    std::vector<std::size_t> in_order(const std::function<bool(std::size_t)>& holds) const;

  private:
    // What a worker needs where no column of the batch is itself the group.
    struct Finder {
        time::Zone zone;
        std::vector<std::int32_t> wholes;
        std::vector<std::int32_t> in_series;
    };

    store::FactColumns columns() const;
    void scan_types(store::FactColumns columns, const TakeAt& take);
    std::span<const std::int32_t> wholes_of(const store::FactBatch& batch, Finder& finder) const;
    std::span<const std::int32_t> groups_of(const store::FactBatch& batch, Finder& finder);
    void find_clock_groups(const store::FactBatch& batch, Finder& finder) const;
    void lay_out_series();
    GroupKey whole_key(std::size_t whole) const;
    GroupKey definition_key(std::size_t definition) const;
    std::vector<std::size_t> ordered(std::vector<std::size_t> wholes) const;

    GroupBy m_by;
    const Scope& m_scope;
    store::WhichTime m_at;
    std::size_t m_wholes;  // groups without regard to buckets
    std::optional<Series> m_series;
    Latest m_types;  // by definition: its latest report with a type
};

}  // namespace jobtally::query
