// Sinks without a thread: submit() puts a delivery into a store and calls `done` before it
// returns. One thread at a time.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/store/file/store.hpp"
#include "core/store/reports/write_transaction.hpp"

#include <functional>
#include <optional>
#include <string>

namespace jobtally::ingest {

// Writes each delivery to a private store (Store::in_memory()). Throws StoreError.
class StoreSink final : public DeliverySink {
  public:
    explicit StoreSink(store::Store& store) : m_store(store) {}
    void submit(Delivery delivery, std::function<void(Receipt)> done) override;

  private:
    store::Store& m_store;
};

// Finds out what a store would make of deliveries, and writes nothing to it. Copies of the reports
// that the real store has under the same ids go into a temporary store first, then the deliveries;
// so reports that occur twice in the input are counted correctly too.
class DryRun final : public DeliverySink {
  public:
    // `store` is nothing where there is no store yet. It is only read.
    explicit DryRun(std::optional<store::Store> store);
    void submit(Delivery delivery, std::function<void(Receipt)> done) override;

  private:
    void copy_kept(const std::string& id);

    std::optional<store::Store> m_store;
    store::Store m_overlay;
    store::WriteTransaction m_transaction;  // on the overlay; never committed
};

}  // namespace jobtally::ingest
