// `jobtally ingest`: load reports from files or stdin.
#include "cli/application.hpp"
#include "cli/options/loading.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/output.hpp"
#include "cli/options/spools.hpp"
#include "cli/options/writing_options.hpp"
#include "cli/signals.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/text.hpp"
#include "core/ingest/direct_sinks.hpp"
#include "core/ingest/writer.hpp"

#include <atomic>
#include <memory>

#include <fmt/core.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

struct IngestOptions {
    std::vector<std::string> files;
    bool dry_run = false;
    bool strict = false;
    std::string source;
    std::string spool;
    std::int64_t rejected_limit = store::default_rejected_limit;
};

// SIGINT and SIGTERM end the reading; a second one ends the process.
class Stop {
  public:
    Stop() : m_asked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    int descriptor() const { return m_asked.number(); }
    bool is_asked() const { return m_is_asked; }

  private:
    void ask() {
        if (m_is_asked.exchange(true)) ::_exit(exit_error);
        ::eventfd_write(m_asked.number(), 1);
    }

    Descriptor m_asked;
    std::atomic<bool> m_is_asked = false;
    SignalThread m_signals{[this] { ask(); }, [this] { ask(); }};
};

struct Loaded {
    ingest::LoadResult files;
    bool is_stopped = false;
    bool has_spool_trouble = false;
};

// Errors of the store are thrown by load(); only those of the spool are reported here.
ingest::WriterHooks hooks(const Globals& globals, const IngestOptions& options,
                          bool& has_spool_trouble) {
    ingest::WriterHooks result;
    result.trouble = [&](const Error& error, ingest::Failing failing) {
        if (failing != ingest::Failing::spool) return;
        print_error(error);
        has_spool_trouble = true;
    };
    result.forgotten = tell_forgotten_once(options.rejected_limit);
    if (!globals.quiet) result.from_spool = print_from_spool;
    return result;
}

Loaded load(const Globals& globals, const IngestOptions& options) {
    hold_signals();
    const Stop stop;
    ingest::LoadOptions load_options;
    load_options.stop = stop.descriptor();
    load_options.strict = options.strict;
    load_options.sender = options.source;
    const auto files = options.files.empty() ? std::vector<std::string>{"-"} : options.files;
    if (options.dry_run) {
        ingest::DryRun sink(std::filesystem::exists(globals.store_path())
                                ? std::optional(open_to_read(globals))
                                : std::nullopt);
        auto result = load_files(globals, files, sink, load_options);
        return {std::move(result), stop.is_asked()};
    }
    ingest::WriterOptions writer_options;
    writer_options.rejected_limit = options.rejected_limit;
    writer_options.clock = globals.clock();
    writer_options.store = followed(globals.store_path());
    writer_options.spool = spool_of(globals, options.spool);
    writer_options.spool->mend_mode();
    require_store_not_away(globals, *writer_options.spool);
    if (options.spool.empty()) gather(globals, *writer_options.spool);
    if (!can_read(*writer_options.spool)) writer_options.spool.reset();
    Loaded loaded;
    ingest::Writer writer(open_to_write(globals), writer_options,
                          hooks(globals, options, loaded.has_spool_trouble));
    warn_about_modes(globals);
    loaded.files = load_files(globals, files, writer, load_options);
    writer.finish();
    loaded.is_stopped = stop.is_asked();
    return loaded;
}

int run(const Globals& globals, const IngestOptions& options) {
    if (globals.store_in_memory() && !options.dry_run) {
        throw UsageError("what is loaded into :memory: is gone when the program ends",
                         "ask at once: `jobtally rates --db :memory: --from FILE`");
    }
    Output output(globals);
    const auto loaded = load(globals, options);
    const auto& result = loaded.files;
    if (result.problem && result.tally.read() == 0) throw IoError(*result.problem);
    print_tally(output, result.tally);
    output.finish();
    if (result.problem) {
        print_error(*result.problem);
        return exit_error;
    }
    if (loaded.is_stopped) {
        print_error(options.dry_run
                        ? Error("stopped before the end")
                        : Error("stopped before the end: what is counted above stays stored",
                                "to go on, load the same again: what is stored stays as it is"));
        return exit_error;
    }
    if (result.tally.rejected == 0) return loaded.has_spool_trouble ? exit_error : exit_done;
    if (result.is_refused) {
        print_error(Error("nothing was stored, because reports were rejected",
                          "leave out --strict to store the others"));
    } else if (!options.dry_run && !globals.quiet) {
        print_hint("`jobtally db rejected` lists what was kept of the rejected reports");
    }
    return loaded.has_spool_trouble ? exit_error : exit_rejected;
}

}  // namespace

void add_ingest(Application& application) {
    auto options = std::make_shared<IngestOptions>();
    auto& command = application.add_command(
        "ingest", "Load reports from files or stdin",
        [&application, options] { return run(application.globals(), *options); });
    command.add_option("FILE", options->files,
                       "NDJSON, JSON objects, an array or the platform's list; `-` is stdin");
    command.add_flag("--dry-run", options->dry_run, "Say what would happen and store nothing");
    command.add_flag("--strict", options->strict, "Store nothing at all if anything is rejected");
    command.add_option("--source", options->source, "Where the reports come from")
        ->type_name("NAME")
        ->check([](const std::string& name) {
            return name.empty() || !is_utf8(name) ? std::string("it is empty or not UTF-8")
                                                  : std::string();
        });
    add_spool_option(command, options->spool);
    add_rejected_limit(command, options->rejected_limit);
}

}  // namespace jobtally::cli
