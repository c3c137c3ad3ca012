// The writer's statements on the table `report`: one row in, out or found.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/fast_statement.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace jobtally::store {

class ReportTable {
  public:
    explicit ReportTable(const Store::Connection& connection);

    // False, and nothing is done, where the id is there already.
    bool insert(const FactRow& row, std::string_view id, std::string_view unknown_members);
    std::optional<FactRow> find(std::string_view id);
    void remove(Sequence sequence);

  private:
    const Store::Connection& m_connection;
    FastStatement m_insert;
    FastStatement m_find;
    FastStatement m_remove;
};

}  // namespace jobtally::store
