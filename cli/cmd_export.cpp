// `jobtally export`: reports as they came, in the order of their arrival.
#include <memory>

#include "cli/application.hpp"
#include "cli/messages.hpp"
#include "cli/output.hpp"
#include "cli/query_options.hpp"
#include "core/query/list.hpp"
#include "core/query/scope.hpp"
#include "core/store/reports.hpp"
#include "core/wire/report_writer.hpp"

namespace jobtally::cli {

namespace {

constexpr std::size_t page_size = 4096;

// Pages keep read transactions short: a slow reader of our output never holds the store's log.
int run(const Globals& globals, const SelectionOptions& options) {
    Output output(globals, render::Format::ndjson);
    const auto store = open_store(globals, options.from);
    const query::Scope scope(store, options.selection(globals));
    warn_about_unmatched(globals, scope);
    const bool as_reports = output.format() == render::Format::ndjson && globals.columns.empty();
    PagePrinter printer(output);
    for (store::Sequence after = 0;;) {
        auto page = store::read_page(store, after, page_size);
        if (page.empty()) break;
        after = page.back().sequence;
        std::erase_if(page, [&](const auto& report) { return !scope.selected(report); });
        if (as_reports) {
            std::string text;
            for (const auto& stored : page) {
                wire::append_report(text, stored.report);
                text += '\n';
            }
            output.write(text);
        } else {
            printer.print(page);
        }
    }
    output.finish();
    return exit_done;
}

}  // namespace

}  // namespace jobtally::cli
