// What several questions need to see the same.
#pragma once

#include "core/store/file/store.hpp"

namespace jobtally::store {

// One state of the store for several statements; does nothing inside another transaction.
class ReadScope {
  public:
    explicit ReadScope(const Store::Connection& connection);
    ~ReadScope();
    ReadScope(const ReadScope&) = delete;
    ReadScope& operator=(const ReadScope&) = delete;

  private:
    const Store::Connection& m_connection;
    bool m_is_ours;
};

}  // namespace jobtally::store
