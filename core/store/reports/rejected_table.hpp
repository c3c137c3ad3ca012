// The writer's side of the table `rejected`: adding, and keeping only the newest.
#pragma once

#include "core/model/rejection.hpp"
#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <string_view>

namespace jobtally::store {

class RejectedTable {
  public:
    RejectedTable(const Store::Connection& connection, std::int64_t limit)
        : m_connection(connection), m_limit(limit) {}

    void add(const model::Rejection& rejection, std::string_view source, time::Instant received_at);
    // Deletes the oldest beyond the limit, if any was added; call before the commit.
    void trim();
    // How many trim() has deleted.
    std::int64_t forgotten() const { return m_forgotten; }

  private:
    const Store::Connection& m_connection;
    std::int64_t m_limit;
    std::int64_t m_added = 0;  // since the last trim
    std::int64_t m_forgotten = 0;
};

}  // namespace jobtally::store
