#include "core/ingest/dry_run.hpp"

#include "core/base/error.hpp"
#include "core/store/reports/read_reports.hpp"

#include <utility>

namespace jobtally::ingest {

DryRun::DryRun(std::optional<store::Store> store)
    : m_store(std::move(store)), m_overlay(store::Store::temporary()), m_transaction(m_overlay) {}

// What stands in the overlay already is at least as new.
void DryRun::copy_kept(const std::string& id) {
    if (!m_store || store::find_report(m_overlay, id)) return;
    if (const auto kept = store::find_report(*m_store, id))
        m_transaction.put(kept->report, kept->received_at);
}

void DryRun::submit(Delivery delivery, std::function<void(Receipt)> done) {
    Receipt receipt;
    try {
        for (const auto& report : delivery.reports) {
            copy_kept(report.id);
            receipt.outcomes.push_back(m_transaction.put(report, delivery.received_at));
            receipt.tally.count(receipt.outcomes.back());
        }
        receipt.tally.rejected += delivery.rejected();
    } catch (const Error& error) {
        receipt.error = error.what();
        receipt.hint = error.hint();
    }
    receipt.delivery = std::move(delivery);
    done(std::move(receipt));
}

}  // namespace jobtally::ingest
