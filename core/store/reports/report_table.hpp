// The writer's statements on the table `report`: rows in, one out or found.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/fast_statement.hpp"
#include "core/store/reports/incoming_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace jobtally::store {

class ReportTable {
  public:
    explicit ReportTable(const Store::Connection& connection);

    // Inserts rows up to the first whose id is there already; returns how many. Their sequences
    // are new to the table.
    std::size_t insert(std::span<const IncomingRow> rows);
    std::optional<FactRow> find(std::string_view id);
    void remove(Sequence sequence);

  private:
    IncomingRows m_incoming;
    FastStatement m_insert;
    FastStatement m_find;
    FastStatement m_remove;
};

}  // namespace jobtally::store
