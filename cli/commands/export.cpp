// `jobtally export`: reports as they came, in the order of their arrival.
#include "cli/application.hpp"
#include "cli/options/output.hpp"
#include "cli/options/query_options.hpp"
#include "cli/terminal/messages.hpp"
#include "core/answers/list.hpp"
#include "core/wire/report_writer.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

constexpr std::size_t reports_at_once = 4096;

std::string as_reports(const std::vector<store::StoredReport>& page) {
    std::string text;
    for (const auto& stored : page) {
        wire::append_report(text, stored.report);
        text += '\n';
    }
    return text;
}

std::string as_rows(const Globals& globals, const Output& output, bool with_header,
                    const std::vector<store::StoredReport>& page) {
    auto style = output.style();
    style.header = style.header && with_header;
    return render::render(
        table::choose_columns(answers::reports_table(page), globals.column_keys()), output.format(),
        style);
}

void check_format(const Output& output) {
    using render::Format;
    if (output.format() == Format::ndjson || output.format() == Format::csv ||
        output.format() == Format::tsv)
        return;
    throw UsageError("export prints ndjson, csv or tsv",
                     "other formats: `jobtally list -n 0 -F ...`");
}

// Reads in pages, so that read transactions are short: otherwise a slow reader of the output would
// keep the store's log from being cut. A report that is replaced meanwhile moves to the end: it may
// come twice, but it is never missed.
int export_reports(const Globals& globals, const SelectionOptions& options) {
    Output output(globals, render::Format::ndjson);
    check_format(output);
    const auto store = open_store(globals, options.from);
    const query::Scope scope(store, options.selection(globals));
    warn_about_unmatched(globals, scope);
    const bool reports = output.format() == render::Format::ndjson && globals.columns.empty();
    for (store::Sequence after = 0;;) {
        auto page = store::read_page(store, after, reports_at_once);
        const bool first = after == 0;
        if (page.empty() && !first) break;
        if (!page.empty()) after = page.back().sequence;
        const bool last = page.empty();
        std::erase_if(page, [&](const auto& report) { return !scope.selected(report); });
        output.write(reports ? as_reports(page) : as_rows(globals, output, first, page));
        if (last) break;
    }
    output.finish();
    return exit_done;
}

}  // namespace

void add_export(Application& application) {
    auto options = std::make_shared<SelectionOptions>();
    auto& command = application.add_command(
        "export", "Reports as they came: NDJSON or CSV",
        [&application, options] { return export_reports(application.globals(), *options); });
    add_selection(command, *options);
}

}  // namespace jobtally::cli
