#include "core/ingest/direct_sinks.hpp"

#include "core/base/error.hpp"
#include "core/store/reports/read_reports.hpp"

#include <utility>

namespace jobtally::ingest {

void StoreSink::submit(Delivery delivery, std::function<void(Receipt)> done) {
    Receipt receipt;
    receipt.delivery = std::move(delivery);
    store::WriteTransaction transaction(m_store);
    put_reports(transaction, std::vector{&receipt}, receipt.delivery.received_at);
    transaction.commit();
    done(std::move(receipt));
}

DryRun::DryRun(std::optional<store::Store> store)
    : m_store(std::move(store)), m_overlay(store::Store::temporary()), m_transaction(m_overlay) {}

void DryRun::submit(Delivery delivery, std::function<void(Receipt)> done) {
    Receipt receipt;
    receipt.delivery = std::move(delivery);
    try {
        for (const auto& report : receipt.delivery.reports) copy_kept(report.id);
        put_reports(m_transaction, std::vector{&receipt}, receipt.delivery.received_at);
    } catch (const Error& error) {
        receipt.error = error.what();
        receipt.hint = error.hint();
    }
    done(std::move(receipt));
}

// Copies the real store's report into the overlay, unless the overlay has one already: that is at
// least as new.
void DryRun::copy_kept(const std::string& id) {
    if (!m_store || store::find_report(m_overlay, id)) return;
    if (const auto kept = store::find_report(*m_store, id))
        m_transaction.put(kept->report, kept->received_at, kept->source.value_or(""));
}

}  // namespace jobtally::ingest
