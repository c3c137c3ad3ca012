#include "core/ingest/delivery.hpp"

#include "core/wire/report_reader.hpp"

namespace jobtally::ingest {
namespace {

// Stands in for a body in which there is nothing that could be rejected.
model::Rejection nothing_in(std::string_view body) {
    const bool is_empty = body.find_first_not_of(" \t\r\n") == std::string_view::npos;
    return {is_empty ? "the body is empty" : "no report in the body",
            std::string(body.substr(0, wire::Limits{}.kept_body)), 1, !is_empty};
}

}  // namespace

Delivery decode(std::string_view body, std::string source, time::Instant received_at) {
    using Got = wire::ReportReader::Got;
    Delivery delivery;
    delivery.source = std::move(source);
    delivery.received_at = received_at;
    wire::ReportReader reader;
    reader.feed(body);
    model::JobReport report;
    model::Rejection rejection;
    bool is_finished = false;
    for (;;) {
        switch (reader.next(report, rejection)) {
            case Got::report:
                delivery.reports.push_back(std::move(report));
                break;
            case Got::rejection:
                delivery.rejections.push_back(std::move(rejection));
                break;
            case Got::need_more:
                if (is_finished) return delivery;
                reader.finish();
                is_finished = true;
                break;
            case Got::end:
                if (delivery.reports.empty() && delivery.rejections.empty())
                    delivery.rejections.push_back(nothing_in(body));
                return delivery;
        }
    }
}

}  // namespace jobtally::ingest
