// The finished runs of each definition that ran within the window, and those before them.
#pragma once

#include "core/query/scope.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jobtally::judge {

// A report with status SUCCESS or FAILURE. Times are microseconds, store::unknown_value where
// unknown.
struct Run {
    std::int64_t created_at = 0;
    std::int64_t updated_at = store::unknown_value;
    std::int64_t operations = store::unknown_value;
    store::Sequence sequence = 0;
    model::Status status = model::Status::success;
    bool in_window = false;

    bool succeeded() const { return status == model::Status::success; }
    // In microseconds, 0 and more; none where it is unknown or a clock error.
    std::optional<std::int64_t> duration() const {
        if (updated_at == store::unknown_value || updated_at < created_at) return std::nullopt;
        return updated_at - created_at;
    }
    std::int64_t ended_at() const {
        return updated_at == store::unknown_value ? created_at : updated_at;
    }
};

// How far back a run is compared: so many of its definition's finished runs before it, none of them
// older than that before it.
inline constexpr std::size_t history_runs = 400;
inline constexpr std::int64_t history_micros = 100LL * 24 * 3600 * 1'000'000;

inline constexpr store::FactColumns run_columns =
    store::FactColumn::sequence | store::FactColumn::definition | store::FactColumn::status |
    store::FactColumn::created_at | store::FactColumn::updated_at | store::FactColumn::operations;
// Row `i`, which is finished, of a batch with run_columns.
Run run_at(const store::FactBatch& batch, std::size_t i);
// By created_at, then by id.
void sort_runs(std::vector<Run>& runs, const store::Store& store);

// Reads the window, then goes back from it in growing steps until each of its definitions has
// history_runs before it, or history_micros are reached. A definition that has only failed in all
// that time is read to its beginning, so that its streak is whole. The selection's other conditions
// hold before the window too.
class RunHistory {
  public:
    explicit RunHistory(const query::Scope& scope);

    // Keys of the definitions with finished runs within the window, ascending; 0 stands for reports
    // without a definition.
    const std::vector<std::size_t>& definitions() const { return m_definitions; }
    // In (created_at, id) order, up to the last one within the window.
    std::span<const Run> of(std::size_t definition) const { return m_runs[definition]; }

  private:
    void read_window(const query::Scope& scope);
    void read_before(const query::Scope& scope);
    void read_span(const query::Scope& scope, const time::TimeSpan& span,
                   const std::vector<std::uint8_t>& wanted);
    template <class Holds>
    std::vector<std::uint8_t> definitions_that(Holds holds) const;  // flags; empty: none
    bool has_open_streak(std::size_t definition) const;
    std::size_t runs_before(std::size_t definition) const {
        return m_runs[definition].size() - m_in_window[definition];
    }
    void put_in_order(const query::Scope& scope);

    std::vector<std::vector<Run>> m_runs;  // by definition
    std::vector<std::size_t> m_in_window;  // runs, by definition
    std::vector<std::size_t> m_definitions;
    std::int64_t m_first = INT64_MAX;  // created_at of the window's runs
    std::int64_t m_last = INT64_MIN;
};

}  // namespace jobtally::judge
