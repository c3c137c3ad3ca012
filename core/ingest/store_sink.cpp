#include "core/ingest/store_sink.hpp"

#include "core/store/reports/write_transaction.hpp"

#include <utility>

namespace jobtally::ingest {

void StoreSink::submit(Delivery delivery, std::function<void(Receipt)> done) {
    Receipt receipt;
    store::WriteTransaction transaction(m_store);
    for (const auto& report : delivery.reports) {
        receipt.outcomes.push_back(transaction.put(report, delivery.received_at));
        receipt.tally.count(receipt.outcomes.back());
    }
    receipt.tally.rejected += delivery.rejected();
    transaction.commit();
    receipt.delivery = std::move(delivery);
    done(std::move(receipt));
}

}  // namespace jobtally::ingest
