// `jobtally db rejected`: what was sent and could not be accepted.
#include "cli/commands/db.hpp"
#include "cli/options/loading.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/validators.hpp"
#include "cli/options/writing_options.hpp"
#include "cli/terminal/messages.hpp"
#include "cli/terminal/terminal.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/ingest/decode.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/reports/writer_memory.hpp"

#include <memory>
#include <optional>
#include <span>

#include <fmt/core.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

constexpr std::size_t most_bytes_at_once = 4 << 20;

struct DbRejectedOptions {
    std::vector<std::int64_t> ids;
    std::optional<std::int64_t> show;
    bool retry = false;
    bool drop = false;
    std::size_t newest = 0;
};

store::RejectedBody named(const store::Store& store, std::int64_t id) {
    if (auto found = store::find_rejected(store, id)) return std::move(*found);
    throw Error(fmt::format("no rejected body {}", id), "`jobtally db rejected` lists them");
}

// Those that were named, which must all be there, or the newest.
std::vector<std::int64_t> chosen(const store::Store& store, const DbRejectedOptions& options) {
    if (options.ids.empty()) return store::list_rejected_ids(store, options.newest);
    for (const auto id : options.ids) named(store, id);
    return options.ids;
}

table::ResultTable rejected_table(const std::vector<store::RejectedBody>& bodies) {
    table::ResultTable table;
    table.rows_key = "rejected";
    table.empty_note = "nothing was rejected";
    table.columns = {{"rejected_id", "id"},
                     {.key = "received_at", .title = "received", .gives_way = 2},
                     {.key = "source", .title = "source", .gives_way = 3},
                     {.key = "reason", .title = "reason", .gives_way = 0},
                     {"body", "body", table::Audience::machines}};
    for (const auto& body : bodies) {
        table.rows.push_back({table::Digits{body.rejected_id}, body.received_at, body.source,
                              body.reason, is_utf8(body.body) ? body.body : visible(body.body)});
    }
    return table;
}

// Prints the bytes as they came, so that another program can repair them; on a terminal in visible
// form, where they can do no harm.
int show(Globals globals, std::int64_t id) {
    if (!globals.json) globals.format = "table";  // whatever the file's name ends in
    Output output(globals);
    const auto store = open_to_read(globals);
    const auto found = named(store, id);
    if (globals.json) {
        output.print(rejected_table({found}));
    } else {
        if (!globals.quiet) print_note(fmt::format("from {}: {}", found.source, found.reason));
        const bool raw = !globals.output.empty() || !is_terminal(STDOUT_FILENO);
        output.write(raw ? found.body : visible(found.body) + "\n");
    }
    output.finish();
    return exit_done;
}

struct Retried {
    model::Tally tally;
    std::int64_t cut = 0;  // bodies that were kept only in part
};

// One transaction from the front of `ids` on, since senders wait meanwhile; returns how many were
// tried. A body leaves the list if it is whole and all its reports are accepted now. Reports are
// stored before bodies are dropped: if the program ends in between, storing them again changes
// nothing.
std::size_t retry_some(store::Store& store, std::span<const std::int64_t> ids, time::Instant now,
                       Retried& result) {
    std::vector<std::int64_t> accepted;
    std::size_t done = 0;
    {
        store::WriteTransaction transaction(store);
        for (std::size_t bytes = 0; done < ids.size() && bytes < most_bytes_at_once;) {
            const auto body = store::find_rejected(store, ids[done++]);
            if (!body) continue;  // another process was faster
            const auto delivery = ingest::decode(body->body, body->source, body->received_at);
            for (const auto& report : delivery.reports)
                result.tally.count(transaction.put(report, now, body->sender));
            result.tally.rejected += delivery.rejected();
            const bool is_cut = ingest::tells_cut(body->reason);
            result.cut += is_cut ? 1 : 0;
            if (delivery.rejections.empty() && !is_cut) accepted.push_back(body->rejected_id);
            bytes += body->body.size();
            if (transaction.someone_waits()) break;
        }
        transaction.memory().note_taken_before();
        transaction.commit();
    }
    store::drop_rejected(store, accepted);
    return done;
}

int retry(const Globals& globals, const DbRejectedOptions& options) {
    Output output(globals);
    auto store = open_existing_to_write(globals);
    const auto now = globals.now();
    const auto ids = chosen(store, options);
    Retried retried;
    for (std::span rest(ids); !rest.empty();)
        rest = rest.subspan(retry_some(store, rest, now, retried));
    print_tally(output, retried.tally);
    output.finish();
    const auto cut = retried.cut;
    if (cut > 0)
        print_warning(
            fmt::format("{} kept only in part: what is there of {} was tried, and {} on "
                        "the list",
                        cut == 1 ? "1 body is" : count_text(cut) + " bodies are",
                        cut == 1 ? "it" : "them", cut == 1 ? "it stays" : "they stay"));
    return retried.tally.rejected > 0 ? exit_rejected : exit_done;
}

int drop(const Globals& globals, const DbRejectedOptions& options) {
    auto store = open_existing_to_write(globals);
    const auto dropped = store::drop_rejected(store, chosen(store, options));
    if (!globals.quiet) print_note(fmt::format("dropped {}", count_text(dropped)));
    return exit_done;
}

int list(const Globals& globals, const DbRejectedOptions& options) {
    Output output(globals);
    const auto store = open_to_read(globals);
    std::vector<store::RejectedBody> bodies;
    for (const auto id : options.ids) bodies.push_back(named(store, id));
    if (options.ids.empty()) bodies = store::list_rejected(store, options.newest);
    output.print(rejected_table(bodies));
    output.finish();
    return exit_done;
}

int run(const Globals& globals, const DbRejectedOptions& options) {
    if (options.show) return show(globals, *options.show);
    if (options.retry) return retry(globals, options);
    if (options.drop) return drop(globals, options);
    return list(globals, options);
}

}  // namespace

void add_db_rejected(Application& application, CLI::App& db) {
    auto options = std::make_shared<DbRejectedOptions>();
    auto& command = application.add_command(
        db, "rejected", "What was sent and could not be accepted",
        [&application, options] { return run(application.globals(), *options); });
    command.add_option("ID", options->ids, "Only these; default all")->check(whole_number(1));
    auto* show = command.add_option("--show", options->show, "Print the body of one, to the byte")
                     ->type_name("ID")
                     ->check(whole_number(1));
    auto* retry =
        command.add_flag("--retry", options->retry, "Try to store them again")->excludes(show);
    command.add_flag("--drop", options->drop, "Delete them")->excludes(show)->excludes(retry);
    command.add_option("-n,--newest", options->newest, "List the newest N; 0 lists all")
        ->type_name("N")
        ->check(whole_number(0));
}

}  // namespace jobtally::cli
