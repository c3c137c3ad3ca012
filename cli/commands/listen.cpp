// `jobtally listen`: the HTTP listener.
#include "cli/application.hpp"
#include "cli/commands/job_watch.hpp"
#include "cli/commands/listen_door.hpp"
#include "cli/commands/report_printer.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/spools.hpp"
#include "cli/options/validators.hpp"
#include "cli/options/writing_options.hpp"
#include "cli/signals.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/file.hpp"
#include "core/base/spare_memory.hpp"
#include "core/base/text.hpp"
#include "core/ingest/writer.hpp"
#include "core/listen/listener.hpp"
#include "core/listen/watch/access_log.hpp"
#include "core/listen/watch/service_manager.hpp"
#include "core/time/length.hpp"
#include "core/time/rfc3339.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <new>
#include <string_view>

#include <fmt/core.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

struct ListenOptions {
    std::vector<std::string> binds;
    std::vector<std::string> paths{"/"};
    std::string auth_file;
    bool allow_anonymous = false;
    std::uint64_t max_body = 1 << 20;
    std::string timeout = "10s";
    std::size_t max_connections = 1024;
    std::string log_format = "text";
    std::vector<std::string> trusted_proxies;
    std::string print;
    std::string spool;
    std::int64_t rejected_limit = store::default_rejected_limit;
    DoorSettings door;
};

// How long to wait while another process writes to the store. After that, reports go to the spool,
// so that no client waits longer.
constexpr std::chrono::milliseconds store_patience{500};
constexpr std::chrono::milliseconds settle_patience{100};

std::vector<listen::Authorization> authorizations(const ListenOptions& options) {
    auto given = listen::given_authorizations(options.auth_file);
    if (given.warning) print_warning(*given.warning);
    return std::move(given.accepted);
}

listen::ListenOptions listen_options(const ListenOptions& options) {
    listen::ListenOptions result;
    for (const auto& bind : options.binds) result.binds.push_back(listen::parse_bind_address(bind));
    result.paths = options.paths;
    result.authorizations = authorizations(options);
    result.allow_anonymous = options.allow_anonymous;
    result.max_body = options.max_body;
    result.timeout =
        std::chrono::duration_cast<std::chrono::milliseconds>(time::parse_length(options.timeout));
    if (result.timeout.count() < 1)
        throw UsageError(fmt::format("{} is not a timeout: it must be longer than 0",
                                     in_quotes(options.timeout)),
                         "for example `--timeout 10s`");
    result.max_connections = options.max_connections;
    apply_door_options(options.door, result);
    return result;
}

// The log is the last resort of a body. One that is too large for the memory that is left comes in
// parts.
void tell_lost(std::string_view body, std::string_view peer, bool is_whole) {
    constexpr std::size_t part = 4 << 10;
    constexpr std::size_t copies = 6;  // of a line on its way
    const auto what =
        is_whole ? "could not be stored" : "came only in part and could not be stored";
    if (body.size() <= part || has_memory_for(copies * body.size()))
        return print_error(fmt::format("{}, from {}: {}", what, peer, body));
    const auto parts = (body.size() + part - 1) / part;
    for (std::size_t i = 0; i < parts; ++i)
        print_error(fmt::format("{}, from {}, part {} of {}: {}", what, peer, i + 1, parts,
                                body.substr(i * part, part)));
}

listen::ListenHooks hooks(const Globals& globals, const ListenOptions& options,
                          ingest::Writer& writer) {
    listen::ListenHooks result;
    if (!globals.quiet) {
        const auto lines = std::make_shared<WaitingLines>();
        result.access = [lines, as_json = options.log_format == "json",
                         trusted = options.trusted_proxies](const listen::AccessRecord& record) {
            const auto client = listen::client_behind(record, trusted);
            lines->add(as_json ? format_access_json(record, client)
                               : format_access_text(record, client));
        };
        result.access_paused = [lines] { lines->print(); };
    }
    result.lost = [&writer](std::string_view body, std::string_view peer, bool is_whole) {
        writer.count_loss();
        tell_lost(body, peer, is_whole);
    };
    result.trouble = [](const std::string& what) { print_warning(what); };
    result.spooled_bodies = [spool = spool_of(globals, options.spool)] { return bodies_in(spool); };
    return result;
}

// If the changed file can't be read the old values stay: a slip must not lock all clients out.
void read_authorizations_again(listen::Listener& listener, const ListenOptions& options) {
    if (options.auth_file.empty()) return;
    try {
        listener.accept_authorizations(authorizations(options));
        print_note("the authorization file was read again");
    } catch (const Error& error) {
        print_error(error);
        print_note("the old authorizations stay");
    }
}

void reload(listen::Listener& listener, const ListenOptions& options) {
    read_authorizations_again(listener, options);
    read_tls_again(listener, options.door);
}

store::Store open_to_listen(const Globals& globals, const ingest::Spool& spool) {
    require_store_not_away(globals, spool);
    return open_to_write(globals, store_patience);
}

// A store that does not work at the moment must not keep the listener from listening: reports wait
// in the spool. A file that is no store, or can't be reached or written, is taken for a mistake of
// the user and reported, unless there is a spool: then a listener has worked here before, and its
// store or its rights were changed since, or a volume is missing or can't be synced. So it is with
// a store on a volume that turned read-only.
std::optional<store::Store> open_if_it_works(const Globals& globals, const ingest::Spool& spool) {
    using Kind = store::StoreError::Kind;
    try {
        return open_to_listen(globals, spool);
    } catch (const store::StoreError& error) {
        const auto kind = error.kind();
        std::error_code none;
        const bool has_worked_here = std::filesystem::exists(spool.folder(), none) ||
                                     !signs_of_a_store(globals, spool).empty();
        const bool is_refused = kind == Kind::foreign || kind == Kind::missing ||
                                kind == Kind::sync_failed ||
                                (kind == Kind::not_writable &&
                                 !is_on_read_only_volume(globals.store_path().parent_path()));
        if (is_refused && !has_worked_here) throw;
        print_error(error);
        return std::nullopt;
    }
}

// A spool that can't be used keeps nobody from listening: the writer tells it, and tries again.
void prepare(ingest::Spool& spool, const Globals& globals) {
    try {
        spool.prepare();
    } catch (const IoError&) {
        return remember_refused(globals, spool);
    }
    remember_spool(globals, spool);
}

ingest::WriterOptions writer_options(const Globals& globals, const ListenOptions& options) {
    ingest::WriterOptions result;
    result.rejected_limit = options.rejected_limit;
    result.is_listener = true;
    result.patience = store_patience;
    result.settle_patience = settle_patience;
    result.store = followed(globals.store_path());
    result.spool = spool_of(globals, options.spool);
    forget_moved(globals, *result.spool);
    tell_doubts(globals, *result.spool);
    const auto before = spool_of(globals, {});
    const auto missed = before.lost() ? before.lost() : before.replaced();
    prepare(*result.spool, globals);
    if (!missed) return result;
    result.first_note = with_hint(*missed);
    for (const auto& spool : all_spools(globals))
        if (const auto aside = spool.lost()) result.first_note = with_hint(*aside);
    print_warning(result.first_note);
    return result;
}

// Where addresses of this machine alone are served, all its users may post.
void tell_if_anyone_may_post(const listen::ListenOptions& options,
                             const listen::Listener& listener) {
    const auto& urls = listener.urls();
    const bool is_open = std::any_of(urls.begin(), urls.end(),
                                     [](const auto& url) { return url.starts_with("http"); });
    if (options.allow_anonymous || !options.authorizations.empty() || !is_open) return;
    print_note(
        "anyone on this machine may post: --auth-file or JOBTALLY_AUTHORIZATION sets a secret, "
        "--allow-anonymous says that none is wanted");
}

// When the store is lost the program ends as after SIGTERM, but with an error, so that the service
// manager starts it again.
ingest::WriterHooks writer_hooks(const Globals& globals, const ListenOptions& options,
                                 listen::ServiceManager& manager) {
    ingest::WriterHooks result;
    result.spool_is_prepared = [&globals](ingest::Spool& spool) { remember_spool(globals, spool); };
    result.trouble = [&](const Error& error, ingest::Failing failing) {
        print_error(error);
        if (failing == ingest::Failing::store)
            manager.fails(fmt::format("reports wait in the spool: {}", error.what()));
    };
    result.store_works_again = [&] {
        print_note("the store works again");
        manager.fails({});
    };
    result.store_is_lost = [] { ::kill(::getpid(), SIGTERM); };
    result.from_spool = print_from_spool;
    result.clock_went_back = [](time::Instant from, time::Instant to) {
        print_note(
            fmt::format("the clock went back from {} to {}: jobtally-summary(1) says when "
                        "what comes now has come",
                        time::format_utc(from), time::format_utc(to)));
    };
    result.stood_still = [](time::Instant from, time::Instant to) {
        print_note(
            fmt::format("this process stood still from {} to {}, or its clock was set forward: "
                        "it does not count as up then",
                        time::format_utc(from), time::format_utc(to)));
    };
    result.losses = [](const std::string& what) { print_warning(what); };
    result.forgotten = tell_forgotten_once(options.rejected_limit);
    return result;
}

// A commit on a busy disk may take longer than a watchdog of a moment.
std::chrono::microseconds patience_with_writer(std::optional<std::chrono::microseconds> watchdog) {
    return std::max<std::chrono::microseconds>(watchdog.value_or(std::chrono::microseconds(0)),
                                               std::chrono::seconds(5));
}

// The memory holds the accepted Authorization values: no core file of it is written, and only root
// attaches a debugger. One that has started the program stays with it.
void keep_memory_private() {
    ::prctl(PR_SET_DUMPABLE, 0);
}

int run(const Globals& globals, const ListenOptions& options) {
    if (globals.store_in_memory())
        throw UsageError("a listener needs a store on disk", "name one with --db PATH");
    if (options.log_format == "json") print_messages_as_json();
    keep_memory_private();
    save_address_space();
    hold_signals();
    do_not_wait_for_reader();
    auto listening = listen_options(options);
    listen::ServiceManager manager;
    const auto watchdog = manager.watchdog();
    if (watchdog) listening.heartbeat_every = *watchdog / 2;
    const auto spool = spool_of(globals, options.spool);
    auto store = open_if_it_works(globals, spool);
    auto writing = writer_options(globals, options);
    if (!store && writing.spool->is_prepared())
        print_note("reports wait in the spool until the store works");
    std::optional<JobWatch> jobs;
    if (!listening.admin_binds.empty() || !listening.admin_passed.empty()) jobs.emplace(globals);
    ingest::Writer writer(std::move(store), std::move(writing),
                          writer_hooks(globals, options, manager), [&] {
                              if (jobs) jobs->let_go();
                              return open_to_listen(globals, spool);
                          });
    warn_about_modes(globals);
    ReportPrinter sink(writer, options.print == "ndjson");
    auto listen_hooks = hooks(globals, options, writer);
    listen_hooks.reachable = [&writer](bool is_reachable) { writer.count_as_up(is_reachable); };
    if (jobs) listen_hooks.job_metrics = [&jobs] { return jobs->text(); };
    listen_hooks.heartbeat = [&manager, &writer, patience = patience_with_writer(watchdog)] {
        if (!writer.is_stuck(patience)) manager.alive();
    };
    listen::Listener listener(listening, sink, std::move(listen_hooks));
    const auto status = "listening on " + listener.urls().front();
    const SignalThread signals(
        [&] {
            manager.stopping();
            listener.stop();
        },
        [&] {
            manager.reloading();
            reload(listener, options);
            manager.ready(status);
        });
    print_addresses(listener);
    if (!globals.quiet) tell_if_anyone_may_post(listening, listener);
    manager.ready(status);
    listener.run();
    writer.finish();
    return writer.has_lost_store() ? exit_error : exit_done;
}

}  // namespace

void add_listen(Application& application) {
    auto options = std::make_shared<ListenOptions>();
    auto& command = application.add_command(
        "listen", "The HTTP listener that receives job reports",
        [&application, options] { return run(application.globals(), *options); });
    command
        .add_option("--bind", options->binds,
                    "Where to listen (default 127.0.0.1:8080); repeatable")
        ->type_name("ADDR:PORT|unix:PATH")
        ->default_str("127.0.0.1:8080")
        ->allow_extra_args(false);
    command
        .add_option(
            "--path", options->paths,
            "The path of the URL, with or without a slash at its end (default /); repeatable")
        ->type_name("URLPATH")
        ->allow_extra_args(false);
    command
        .add_option("--auth-file", options->auth_file,
                    "Accepted Authorization values, a line `label: value` each")
        ->type_name("FILE");
    command.add_flag("--allow-anonymous", options->allow_anonymous,
                     "Listen on public addresses without Authorization");
    command.add_option("--max-body", options->max_body, "The largest body (default 1MiB)")
        ->type_name("SIZE")
        ->transform(size_in_bytes());
    command
        .add_option("--timeout", options->timeout,
                    "For the head, the body and the answer each (default 10s)")
        ->type_name("LENGTH");
    command
        .add_option("--max-connections", options->max_connections,
                    "Connections at one time (default 1024)")
        ->type_name("N")
        ->check(whole_number(1));
    command.add_option("--log-format", options->log_format, "How lines on stderr are written")
        ->type_name("FORMAT")
        ->check(one_of({"text", "json"}));
    command
        .add_option("--trusted-proxy", options->trusted_proxies,
                    "Log the client that this peer names in X-Forwarded-For; repeatable")
        ->type_name("ADDR|unix")
        ->allow_extra_args(false);
    command.add_option("--print", options->print, "Print each stored or updated report on stdout")
        ->type_name("FORMAT")
        ->check(one_of({"ndjson"}));
    add_spool_option(command, options->spool);
    add_rejected_limit(command, options->rejected_limit);
    add_door_options(command, options->door);
}

}  // namespace jobtally::cli
