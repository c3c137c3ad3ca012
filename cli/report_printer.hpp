// `listen --print ndjson`: what was stored goes to stdout too, for a pipe.
#pragma once

#include "core/ingest/delivery.hpp"

namespace jobtally::cli {

// Passes deliveries on; when `active`, prints each report that was stored or updated, once it is on
// disk. A reader that goes away ends the printing, never the storing. Outlived by `sink`.
class ReportPrinter final : public ingest::DeliverySink {
  public:
    ReportPrinter(ingest::DeliverySink& sink, bool active) : m_sink(sink), m_active(active) {}
    void submit(ingest::Delivery delivery, std::function<void(ingest::Receipt)> done) override;

  private:
    void print(const ingest::Receipt& receipt);

    ingest::DeliverySink& m_sink;
    bool m_active;
};

}  // namespace jobtally::cli
