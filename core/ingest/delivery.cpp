#include "core/ingest/delivery.hpp"

#include "core/store/reports/write_transaction.hpp"

#include <fmt/format.h>

namespace jobtally::ingest {

void put_reports(store::WriteTransaction& transaction, Receipt& receipt, time::Instant at) {
    const auto& delivery = receipt.delivery;
    receipt.outcomes.reserve(delivery.reports.size());
    for (const auto& report : delivery.reports) {
        receipt.outcomes.push_back(transaction.put(report, at, delivery.sender));
        receipt.tally.count(receipt.outcomes.back());
    }
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
