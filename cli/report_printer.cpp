#include "cli/report_printer.hpp"

#include "cli/messages.hpp"
#include "core/wire/report_writer.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace jobtally::cli {

void ReportPrinter::submit(ingest::Delivery delivery, std::function<void(ingest::Receipt)> done) {
    if (!m_active) return m_sink.submit(std::move(delivery), std::move(done));
    m_sink.submit(std::move(delivery), [this, done = std::move(done)](ingest::Receipt receipt) {
        print(receipt);
        done(std::move(receipt));
    });
}

// In the sink's thread. A slow reader slows the listener down, as with any pipe.
void ReportPrinter::print(const ingest::Receipt& receipt) {
    if (receipt.error || receipt.is_spooled || std::ferror(stdout) != 0) return;
    std::string lines;
    for (std::size_t i = 0; i < receipt.outcomes.size(); ++i) {
        const auto outcome = receipt.outcomes[i];
        if (outcome != model::Outcome::stored && outcome != model::Outcome::updated) continue;
        wire::append_report(lines, receipt.delivery.reports[i]);
        lines += '\n';
    }
    std::fwrite(lines.data(), 1, lines.size(), stdout);
    if (std::fflush(stdout) == 0 || errno == EPIPE) return;
    print_warning(
        fmt::format("nothing more is printed, only stored: stdout: {}", std::strerror(errno)));
}

}  // namespace jobtally::cli
