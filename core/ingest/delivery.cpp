#include "core/ingest/delivery.hpp"

#include "core/store/reports/write_transaction.hpp"

#include <fmt/format.h>

namespace jobtally::ingest {

void put_reports(store::WriteTransaction& transaction, Receipt& receipt, time::Instant at) {
    const auto& delivery = receipt.delivery;
    receipt.outcomes.reserve(delivery.reports.size());
    transaction.put(delivery.reports, at, delivery.sender, receipt.outcomes);
    for (const auto outcome : receipt.outcomes) receipt.tally.count(outcome);
    receipt.tally.rejected += delivery.rejected();
}

std::size_t put_delivery(store::WriteTransaction& transaction, Receipt& receipt, time::Instant at) {
    put_reports(transaction, receipt, at);
    const auto& delivery = receipt.delivery;
    std::string source = delivery.source;
    for (const auto& rejection : delivery.rejections) {
        if (delivery.names_lines) source = fmt::format("{}:{}", delivery.source, rejection.line);
        transaction.reject(rejection, source, at, delivery.sender);
    }
    return delivery.reports.size() + delivery.rejections.size();
}

}  // namespace jobtally::ingest
