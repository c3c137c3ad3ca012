// `jobtally export`: reports as they came, in the order of their arrival.
#include "cli/application.hpp"
#include "cli/commands/follow.hpp"
#include "cli/commands/loader.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/options/spooled.hpp"
#include "cli/options/writing_options.hpp"
#include "cli/signals.hpp"
#include "cli/terminal/messages.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/terminal.hpp"
#include "core/answers/list.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/render/text/row_stream.hpp"
#include "core/store/reports/rescue.hpp"
#include "core/store/upkeep/cursors.hpp"
#include "core/time/zone.hpp"
#include "core/wire/report_writer.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

constexpr std::size_t reports_at_once = 4096;
// With --follow a receipt is asked for after so many, so that little comes twice.
constexpr std::size_t pages_of_a_batch = 16;
constexpr std::chrono::milliseconds between_looks{1000};
constexpr std::size_t gaps_shown = 10;  // of a damaged store

struct ExportOptions {
    SelectionOptions selection;
    std::string cursor, exec, forget;
    bool follow = false;
};

using Put = std::function<void(std::string_view)>;

std::string as_reports(const std::vector<store::StoredReport>& page) {
    std::string text;
    for (const auto& stored : page) {
        wire::append_report(text, stored.report);
        text += '\n';
    }
    return text;
}

void check_format(const Output& output) {
    using render::Format;
    if (output.format() == Format::ndjson || output.format() == Format::csv ||
        output.format() == Format::tsv)
        return;
    throw UsageError("export prints ndjson, csv or tsv",
                     "other formats: `jobtally list -n 0 -F ...`");
}

// One stream of reports: NDJSON as they came, or rows below one header.
class ReportStream {
  public:
    ReportStream(const Globals& globals, const SelectionOptions& options, const Output& output)
        : m_globals(globals),
          m_selection(options.selection(globals)),
          m_rows(output.format(), output.style()),
          m_as_reports(output.format() == render::Format::ndjson && globals.columns.empty()) {}

    // Hands on what arrived after `after`, at most `most_pages` pages; returns the sequence up to
    // which all is handed on: `given` or more where the end was reached. Reads in pages, so that
    // read transactions are short: otherwise a slow reader of the output would keep the store's log
    // from being cut. A report that is replaced meanwhile moves to the end: it may come twice, but
    // it is never missed.
    store::Sequence pass_on(const store::Store& store, store::Sequence after, const Put& put,
                            store::Sequence given = 0, std::size_t most_pages = SIZE_MAX) {
        std::optional<query::Scope> scope;
        std::int64_t version = 0;
        for (std::size_t pages = 0; pages < most_pages; ++pages) {
            auto page = read_page(store, after);
            if (page.empty()) return std::max(after, given);
            after = page.back().sequence;
            if (m_passes_over && !m_rescue)
                for (const auto& report : page) m_read.add(report.sequence);
            // Made anew after a page was read that may have definitions which it does not know.
            const auto now = store::data_version(store);
            if (!scope || version != now) scope.emplace(scope_of(store));
            version = now;
            std::erase_if(page, [&](const auto& report) { return !scope->selected(report); });
            if (!page.empty()) put(text_of(page));
            if (m_progress) m_progress(after);
        }
        return after;
    }

    void warn_about_unmatched(const store::Store& store) {
        cli::warn_about_unmatched(m_globals, scope_of(store));
    }

    // From now on what can't be read is passed over. A cursor would never come back to it.
    void pass_over_damage() { m_passes_over = true; }
    // Whether there is damage: met on the way, or seen in what is missing at the end.
    bool is_damaged(const store::Store& store) {
        if (!m_rescue && store::has_unread(store, m_read)) begin_rescue(store);
        return m_rescue.has_value();
    }
    const std::vector<store::Rescue::Gap>& gaps() const { return m_rescue->gaps(); }
    // Where there is damage: hands on what can be made of the rest.
    struct Rebuilt {
        std::int64_t reports = 0;
        std::optional<std::int64_t> lost;  // nothing: nobody knows
    };
    Rebuilt rebuild(const store::Store& store, const Put& put) {
        Rebuilt rebuilt;
        const auto scope = scope_of(store);
        rebuilt.lost = m_rescue->rebuild([&](std::vector<store::StoredReport> page) {
            std::erase_if(page, [&](const auto& report) { return !scope.selected(report); });
            rebuilt.reports += std::ssize(page);
            if (!page.empty()) put(text_of(page));
        });
        return rebuilt;
    }

    // `progress` is told the sequence up to which all was handed on.
    void watch(std::function<void(store::Sequence)> progress) { m_progress = std::move(progress); }

    // The header of rows, once; the stream may be of no report.
    std::string header() { return text_of({}); }

  private:
    // Begins the rescue at the first damage.
    template <class Read, class Otherwise>
    std::invoke_result_t<Read> or_rescue(const store::Store& store, Read read,
                                         Otherwise otherwise) {
        try {
            if (!m_rescue) return read();
        } catch (const store::StoreError& error) {
            if (!m_passes_over || error.kind() != store::StoreError::Kind::corrupt) throw;
            begin_rescue(store);
        }
        return otherwise(*m_rescue);
    }
    void begin_rescue(const store::Store& store) { m_rescue.emplace(store, std::move(m_read)); }
    std::vector<store::StoredReport> read_page(const store::Store& store, store::Sequence after) {
        return or_rescue(
            store, [&] { return store::read_page(store, after, reports_at_once); },
            [&](auto& rescue) { return rescue.read_page(after, reports_at_once); });
    }
    query::Scope scope_of(const store::Store& store) {
        return or_rescue(
            store, [&] { return query::Scope(store, m_selection); },
            [&](auto& rescue) { return query::Scope(store, m_selection, rescue.catalogue()); });
    }
    std::string text_of(const std::vector<store::StoredReport>& page) {
        if (m_as_reports) return as_reports(page);
        return m_rows.more(
            table::choose_columns(answers::reports_table(page), m_globals.column_keys()));
    }

    const Globals& m_globals;
    query::Selection m_selection;
    render::RowStream m_rows;
    bool m_as_reports;
    bool m_passes_over = false;
    store::ReadSequences m_read;  // before there was damage
    std::optional<store::Rescue> m_rescue;
    std::function<void(store::Sequence)> m_progress;
};

// "2026-11-30 01:00": where it is known.
std::string moment(const Globals& globals, const std::optional<time::Instant>& at,
                   const char* otherwise) {
    return at ? time::format_local(*at, globals.zone(), true) : otherwise;
}

// What could be read was printed; this says what is missing.
int tell_damage(const Globals& globals, const std::vector<store::Rescue::Gap>& gaps,
                const ReportStream::Rebuilt& rebuilt) {
    const auto shown = rebuilt.lost == 0 ? 0 : std::min(gaps.size(), gaps_shown);
    for (const auto& gap : std::span(gaps).first(shown))
        print_warning(fmt::format("can't be read: what arrived between {} and {}",
                                  moment(globals, gap.after, "the beginning"),
                                  moment(globals, gap.before, "the end")));
    if (shown > 0 && shown < gaps.size())
        print_warning(fmt::format("and {} more such gaps", gaps.size() - shown));
    auto text = fmt::format(
        "store {} is damaged: {} can't be read", in_quotes(globals.store_path().string()),
        rebuilt.lost ? counted(*rebuilt.lost, "report", "reports") : std::string("some reports"));
    if (rebuilt.reports > 0)
        text += fmt::format(", {} printed last, without the members that jobtally does not know",
                            counted(rebuilt.reports, "report was", "reports were"));
    print_error(Error(text, "load the platform's list of jobs, which brings back what it has"));
    return exit_error;
}

int export_all(const Globals& globals, const SelectionOptions& options) {
    Output output(globals, render::Format::ndjson);
    check_format(output);
    ReportStream stream(globals, options, output);
    stream.pass_over_damage();
    const auto store = open_store(globals, options.from);
    stream.warn_about_unmatched(store);
    output.write(stream.header());
    Progress progress(globals.quiet || is_terminal(STDOUT_FILENO), Progress::Unit::reports);
    stream.watch(
        [&, all = store::greatest_sequence(store)](auto done) { progress.show(done, all); });
    const auto put = [&](std::string_view text) { output.write(text); };
    stream.pass_on(store, 0, put);
    const bool is_damaged = stream.is_damaged(store);
    ReportStream::Rebuilt rebuilt;
    if (is_damaged) rebuilt = stream.rebuild(store, put);
    output.finish();
    if (options.from.empty()) note_spooled(globals, "the export");
    return is_damaged ? tell_damage(globals, stream.gaps(), rebuilt) : exit_done;
}

void tell_start(const Globals& globals, const store::CursorRun& run) {
    using Start = store::CursorRun::Start;
    const auto name = in_short_quotes(run.cursor);
    if (run.start == Start::is_new && !globals.quiet)
        print_note(fmt::format("cursor {} is new: it begins with the first report", name));
    if (run.start == Start::begins_again)
        print_warning(
            fmt::format("cursor {} is ahead of the store, which must be an older state: "
                        "all reports come again",
                        name));
}

// Hands over what is new and moves the cursor once that was taken. The store is opened anew, so
// that a backup that was put in its place is seen.
void hand_over(const Globals& globals, const ExportOptions& options, Output& output,
               ReportStream& stream) {
    const bool has_command = !options.exec.empty();
    Loader loader(options.exec);
    const auto put = [&](std::string_view text) {
        has_command ? loader.write(text) : output.write(text);
    };
    const auto finish = [&] {
        if (has_command) return loader.finish();
        output.sync();
        if (!options.follow) output.finish();
    };
    // Without the warning, which would come with every look.
    if (!store::is_behind(store::Store::open_to_read(globals.store_path()), options.cursor))
        return finish();
    auto store = open_to_write(globals);
    const auto run = store::begin_run(store, options.cursor);
    tell_start(globals, run);
    const bool is_seen = !has_command && is_terminal(STDOUT_FILENO);
    Progress progress(globals.quiet || options.follow || is_seen, Progress::Unit::reports);
    stream.watch([&, all = store::last_sequence(store)](auto done) {
        progress.show(done - run.after, all - run.after);
    });
    const auto taken = stream.pass_on(store, run.after, put, run.given,
                                      options.follow ? pages_of_a_batch : SIZE_MAX);
    stream.watch({});
    finish();
    store::end_run(store, run, taken, globals.now());
}

void check_cursor_options(const Globals& globals, const ExportOptions& options) {
    if (globals.store_in_memory())
        throw UsageError("a store in memory keeps no cursor", "name a store on disk with --db");
    if (globals.output.empty() || globals.output == "-") return;
    if (!options.exec.empty())
        throw UsageError("with --exec the command gets the stream, not a file of --output");
    if (options.follow) refuse_endless_output(globals);
}

int export_new(const Globals& globals, const ExportOptions& options) {
    check_cursor_options(globals, options);
    Output output(globals, render::Format::ndjson);
    check_format(output);
    const bool has_command = !options.exec.empty();
    auto stream = std::make_unique<ReportStream>(globals, options.selection, output);
    stream->warn_about_unmatched(open_store(globals, {}));
    if (options.follow) end_with_0_on_signals();
    if (!has_command) output.write(stream->header());
    hand_over(globals, options, output, *stream);
    while (options.follow) {
        wait_a_moment(between_looks, has_command ? -1 : STDOUT_FILENO);
        if (has_command)  // each of its runs is a stream of its own
            stream = std::make_unique<ReportStream>(globals, options.selection, output);
        hand_over(globals, options, output, *stream);
    }
    return exit_done;
}

int forget(const Globals& globals, const std::string& cursor) {
    auto store = open_existing_to_write(globals);
    if (store::forget_cursor(store, cursor)) return exit_done;
    throw Error(fmt::format("there is no cursor {}", in_short_quotes(cursor)),
                "`jobtally db status` lists them");
}

int run_export(const Globals& globals, const ExportOptions& options) {
    if (!options.forget.empty()) return forget(globals, options.forget);
    if (!options.cursor.empty()) return export_new(globals, options);
    return export_all(globals, options.selection);
}

}  // namespace

void add_export(Application& application) {
    auto options = std::make_shared<ExportOptions>();
    auto& command = application.add_command(
        "export", "Reports as they came: NDJSON or CSV",
        [&application, options] { return run_export(application.globals(), *options); });
    auto* cursor =
        command
            .add_option("--cursor", options->cursor,
                        "Only what is new or changed since the last complete run with this NAME")
            ->type_name("NAME");
    command
        .add_option("--exec", options->exec,
                    "With --cursor: COMMAND reads the reports; the run is complete when it ends "
                    "with 0")
        ->type_name("COMMAND")
        ->needs(cursor);
    command
        .add_flag("--follow", options->follow,
                  "With --cursor: go on as reports arrive, batch by batch")
        ->needs(cursor);
    command.add_option("--forget", options->forget, "Forget the cursor of this NAME")
        ->type_name("NAME")
        ->excludes(cursor);
    add_selection(command, options->selection);
    // A report that is late, or counts only later, would be passed over for good.
    for (const char* const moving :
         {"--from", "--since", "--until", "--last", "--period", "--at", "--min-runs"}) {
        cursor->excludes(command.get_option(moving));
    }
}

}  // namespace jobtally::cli
