// A sink that finds out what a store would make of deliveries, and writes nothing to it.
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/store/file/store.hpp"
#include "core/store/reports/write_transaction.hpp"

#include <functional>
#include <optional>

namespace jobtally::ingest {

// Deliveries are put into a temporary store, after a copy of what the real one has under the same
// ids: so reports that stand twice in the input count right too. One thread at a time; `done` is
// called by submit().
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
