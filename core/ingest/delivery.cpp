#include "core/ingest/delivery.hpp"

#include "core/store/reports/write_transaction.hpp"

#include <fmt/format.h>

namespace jobtally::ingest {

void put_reports(store::WriteTransaction& transaction, std::span<Receipt* const> receipts,
                 time::Instant at) {
    std::vector<store::Arrival> arrivals;
    for (const auto* receipt : receipts)
        for (const auto& report : receipt->delivery.reports)
            arrivals.push_back({&report, at, receipt->delivery.sender});
    const auto outcomes = transaction.put(arrivals);
    auto next = outcomes.begin();
    for (auto* receipt : receipts) {
        const auto end = next + static_cast<std::ptrdiff_t>(receipt->delivery.reports.size());
        receipt->outcomes.assign(next, end);
        for (; next != end; ++next) receipt->tally.count(*next);
        receipt->tally.rejected += receipt->delivery.rejected();
    }
}

std::size_t put_deliveries(store::WriteTransaction& transaction, std::span<Receipt* const> receipts,
                           time::Instant at) {
    put_reports(transaction, receipts, at);
    std::size_t rows = 0;
    for (const auto* receipt : receipts) {
        const auto& delivery = receipt->delivery;
        std::string source = delivery.source;
        for (const auto& rejection : delivery.rejections) {
            if (delivery.names_lines)
                source = fmt::format("{}:{}", delivery.source, rejection.line);
            transaction.reject(rejection, source, at, delivery.sender);
        }
        rows += delivery.rows();
    }
    return rows;
}

}  // namespace jobtally::ingest
