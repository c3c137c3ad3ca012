#include "cli/commands/report_printer.hpp"

#include "cli/terminal/messages.hpp"
#include "core/base/numbers.hpp"
#include "core/wire/report_writer.hpp"

#include <cerrno>
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

// Runs in the sink's thread, for which many clients wait: it must not block.
void ReportPrinter::print(const ingest::Receipt& receipt) {
    if (receipt.error || receipt.is_spooled || m_has_failed) return;
    std::string lines;
    for (std::size_t i = 0; i < receipt.outcomes.size(); ++i) {
        const auto outcome = receipt.outcomes[i];
        if (outcome != model::Outcome::stored && outcome != model::Outcome::updated) continue;
        wire::append_report(lines, receipt.delivery.reports[i]);
        lines += '\n';
    }
    note(m_out.put(lines));
}

void ReportPrinter::note(int error) {
    const bool was_stuck = std::exchange(m_is_stuck, error == EAGAIN);
    if (m_is_stuck && !was_stuck)
        print_warning("nobody reads stdout: reports are stored, but not printed");
    if (was_stuck && error == 0)
        print_warning(fmt::format("stdout is read again: {} reports were not printed",
                                  count_text(m_out.take_missed())));
    m_has_failed = error != 0 && error != EAGAIN;
    if (m_has_failed && error != EPIPE)
        print_warning(
            fmt::format("nothing more is printed, only stored: stdout: {}", std::strerror(error)));
}

}  // namespace jobtally::cli
