// `listen --print ndjson`: stored reports are printed on stdout too, for another program.
#pragma once

#include "cli/terminal/line_stream.hpp"
#include "core/ingest/delivery.hpp"

#include <unistd.h>

namespace jobtally::cli {

// Passes deliveries on to `sink`, which must outlive it. If `active`, prints each report that was
// stored or updated once it is on disk. Printing ends when the reader goes away, and leaves reports
// out while the reader hangs; storing never waits for the reader.
class ReportPrinter final : public ingest::DeliverySink {
  public:
    ReportPrinter(ingest::DeliverySink& sink, bool active) : m_sink(sink), m_active(active) {}
    void submit(ingest::Delivery delivery, std::function<void(ingest::Receipt)> done) override;

  private:
    void print(const ingest::Receipt& receipt);
    void note(int error);

    ingest::DeliverySink& m_sink;
    bool m_active;
    LineStream m_out{STDOUT_FILENO};
    bool m_is_stuck = false;
    bool m_has_failed = false;
};

}  // namespace jobtally::cli
