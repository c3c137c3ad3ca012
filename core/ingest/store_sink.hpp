// A sink without a thread: writes each delivery to a private store at once.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/store/file/store.hpp"

namespace jobtally::ingest {

// For stores that nobody else sees (Store::in_memory()). Calls `done` before submit() returns. One
// thread at a time. Throws StoreError.
class StoreSink final : public DeliverySink {
  public:
    explicit StoreSink(store::Store& store) : m_store(store) {}
    void submit(Delivery delivery, std::function<void(Receipt)> done) override;

  private:
    store::Store& m_store;
};

}  // namespace jobtally::ingest
