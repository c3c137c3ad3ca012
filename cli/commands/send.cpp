// `jobtally send`: the platform's side of the webhook.
#include "cli/application.hpp"
#include "cli/commands/send_account.hpp"
#include "cli/options/loading.hpp"
#include "cli/options/opening.hpp"
#include "cli/options/selection_options.hpp"
#include "cli/options/validators.hpp"
#include "cli/signals.hpp"
#include "cli/terminal/messages.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/terminal.hpp"
#include "core/generate/history.hpp"
#include "core/ingest/delivery_round.hpp"
#include "core/listen/http/authorization.hpp"
#include "core/listen/sockets/descriptors.hpp"
#include "core/send/sender.hpp"
#include "core/store/reports/read_reports.hpp"
#include "core/time/length.hpp"
#include "core/wire/report_writer.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/core.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

constexpr std::size_t most_connections = 1000;
constexpr std::size_t other_descriptors = 64;
constexpr std::int64_t most_definitions = 100'000;

struct SendOptions {
    std::string url;
    std::vector<std::string> inputs;
    bool as_stored = false;
    bool dry_run = false;
    std::string auth_file, ca_file;
    std::string timeout = "10";
    std::size_t connections = 1;
    std::optional<double> rate;
    std::int64_t count = 0;
    std::uint64_t seed = 1;
    std::int64_t definitions = 30;
    std::string failure_rate;
};

// What is sent: all files and stdin first, then what the ids name; or made-up reports.
struct Material {
    std::vector<std::string> files;
    std::vector<model::JobReport> reports;
    generate::HistoryOptions made_up;
};

// `0.2` or `20%`. A bare number above 1 may be meant as either, so it is refused.
std::optional<double> failure_rate(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const bool is_per_cent = text.ends_with('%');
    double value = 0;
    const char* const end = text.data() + text.size() - (is_per_cent ? 1 : 0);
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    if (is_per_cent) value /= 100;
    if (problem != std::errc{} || stop != end || !(value >= 0 && value <= 1))
        throw UsageError(fmt::format("\"{}\" is not a share of failures", text),
                         "write a fraction from 0 to 1, or per cent: 0.2 or 20%");
    return value;
}

std::chrono::milliseconds timeout_of(const std::string& text) {
    const bool is_bare = text.find_first_not_of("0123456789.") == text.npos;
    const auto length = time::parse_length(is_bare ? text + "s" : text);
    if (length < std::chrono::milliseconds(1) || length > std::chrono::days(1))
        throw UsageError(fmt::format("{} is not a timeout: one is longer than 0 and at most a day",
                                     in_quotes(text)),
                         "in seconds: `--timeout 5`");
    return std::chrono::duration_cast<std::chrono::milliseconds>(length);
}

std::vector<model::JobReport> stored_reports(const Globals& globals,
                                             const std::vector<std::string>& ids) {
    std::vector<model::JobReport> reports;
    if (ids.empty()) return reports;
    const std::string hint = "`jobtally list` shows the newest ids";
    if (!globals.store_in_memory() && !std::filesystem::exists(globals.store_path()))
        throw Error(fmt::format("there is no file \"{}\", and no store that has such a report",
                                ids.front()),
                    "name a store with --db PATH");
    const auto store = open_store(globals, {});
    for (const auto& id : ids) {
        auto found = store::find_report(store, id);
        if (!found) throw Error(fmt::format("there is no file and no report \"{}\"", id), hint);
        reports.push_back(std::move(found->report));
    }
    return reports;
}

Material material_of(const Globals& globals, const SendOptions& options) {
    Material material;
    if (options.count > 0) {
        if (!options.inputs.empty())
            throw UsageError("either reports of your own are sent, or made-up ones",
                             "leave out --count, or what stands behind the URL");
        material.made_up = {options.count, options.seed, options.definitions,
                            failure_rate(options.failure_rate), globals.now()};
        return material;
    }
    std::vector<std::string> ids;
    for (const auto& input : options.inputs) {
        std::error_code none;
        const bool is_file = input == "-" || std::filesystem::exists(input, none);
        (is_file ? material.files : ids).push_back(input);
    }
    if (options.inputs.empty()) material.files = {"-"};
    material.reports = stored_reports(globals, ids);
    return material;
}

// Hands everything to the sink, a report a delivery. Returns how many were rejected.
std::int64_t feed(const Globals& globals, const Material& material, ingest::DeliverySink& sink,
                  const ingest::LoadOptions& loading, const std::function<bool()>& is_stopped) {
    std::int64_t rejected = 0;
    if (!material.files.empty()) {
        auto reading = globals;  // on a terminal the lines of outcomes are the progress
        reading.quiet = globals.quiet || is_terminal(STDOUT_FILENO);
        const auto loaded = load_files(reading, material.files, sink, loading);
        if (loaded.problem) throw IoError(*loaded.problem);
        rejected = loaded.tally.rejected;
    }
    ingest::DeliveryRound round(sink, loading.deliveries);
    const auto submit = [&](const model::JobReport& report) {
        auto delivery = round.take();
        delivery.reports.assign(1, report);
        round.submit(std::move(delivery));
        return !is_stopped();
    };
    for (const auto& report : material.reports)
        if (!submit(report)) break;
    generate::make_history(material.made_up, submit);
    round.finish();
    return rejected;
}

class BodyPrinter final : public ingest::DeliverySink {
  public:
    BodyPrinter(const Globals& globals, bool as_stored)
        : m_output(globals, render::Format::ndjson),
          m_members(as_stored ? wire::Members::all : wire::Members::known) {
        if (m_output.format() != render::Format::ndjson)
            throw UsageError("bodies are printed as ndjson", "leave out --format");
    }
    void submit(ingest::Delivery delivery, std::function<void(ingest::Receipt)> done) override {
        ingest::Receipt receipt;
        receipt.tally.rejected = delivery.rejected();
        for (const auto& report : delivery.reports) {
            m_line.clear();
            wire::append_report(m_line, report, m_members);
            m_output.write(m_line += '\n');
        }
        receipt.delivery = std::move(delivery);
        done(std::move(receipt));
    }
    void finish() { m_output.finish(); }

  private:
    Output m_output;
    wire::Members m_members;
    std::string m_line;
};

send::Receiver receiver_of(const SendOptions& options, const send::Url& url) {
    send::ReceiverOptions result;
    result.timeout = timeout_of(options.timeout);
    result.ca_file = options.ca_file;
    result.user_agent = "jobtally/" JOBTALLY_VERSION;
    const auto given = listen::given_authorizations(options.auth_file);
    if (given.warning) print_warning(*given.warning);
    // The last line of the file: the newest, as SECURITY.md has them changed.
    if (!given.accepted.empty()) result.authorization = given.accepted.back().value;
    return send::Receiver(url, std::move(result));
}

// Where nobody reads the lines any more the sender has stopped, and that is told: unlike a question
// it leaves work half done.
void finish(send::Sender& sender) {
    try {
        sender.finish();
    } catch (const ClosedPipe&) {
    }
}

int send_all(const Globals& globals, const SendOptions& options, const send::Url& url) {
    const auto receiver = receiver_of(options, url);
    if (receiver.exposes_secret())
        print_warning("the Authorization value crosses the network in clear: https hides it");
    hold_signals();
    listen::allow_descriptors(options.connections + other_descriptors);
    const auto material = material_of(globals, options);
    SendAccount account(globals);
    std::optional<Progress> progress;
    progress.emplace(globals.quiet || options.count == 0 || is_terminal(STDOUT_FILENO),
                     Progress::Unit::reports);
    send::Sender sender(receiver,
                        {options.connections, options.rate.value_or(0), options.as_stored},
                        [&](const send::Outcome& outcome) {
                            account.tell(outcome);
                            progress->show(account.sent(), options.count);
                        });
    const auto stop = [&sender] {
        if (sender.is_stopped()) ::_exit(exit_error);
        sender.stop();
    };
    const SignalThread signals(stop, stop);
    std::int64_t rejected = 0;
    std::exception_ptr problem;
    try {
        rejected =
            feed(globals, material, sender, {false, 1, 2 * options.connections, sender.stopped()},
                 [&sender] { return sender.is_stopped(); });
    } catch (const Error&) {
        problem = std::current_exception();
    }
    finish(sender);
    const bool is_stopped = sender.is_stopped();
    progress.reset();
    if (!problem || account.sent() > 0) account.finish();
    if (account.sent() + rejected == 0 && !problem && !is_stopped && !globals.quiet)
        print_hint("nothing to send: name a FILE, the id of a report, or --count N");
    if (account.was_unauthorized() && !receiver.has_authorization())
        print_hint("give the Authorization value by --auth-file or JOBTALLY_AUTHORIZATION");
    if (problem) std::rethrow_exception(problem);
    if (is_stopped) print_note("stopped before all was sent");
    if (is_stopped || !account.all_succeeded()) return exit_error;
    return rejected > 0 ? exit_rejected : exit_done;
}

send::Url url_of(const SendOptions& options) {
    const auto is_url = [](const std::string& word) { return word.find("://") != word.npos; };
    if (!is_url(options.url) && std::any_of(options.inputs.begin(), options.inputs.end(), is_url))
        throw UsageError(fmt::format("\"{}\" is not a URL", visible(options.url)),
                         "the URL comes first: `jobtally send URL FILE`");
    return send::parse_url(options.url);
}

int run(const Globals& globals, const SendOptions& options) {
    const auto url = url_of(options);
    if (options.rate && !(*options.rate >= 0.001 && *options.rate <= 1e6))
        throw UsageError("a rate is a number of reports a second, from 0.001 to 1000000",
                         "for example `--rate 50`");
    if (options.connections > most_connections || options.definitions > most_definitions)
        throw UsageError(fmt::format("at most {} connections and {} definitions can be had",
                                     most_connections, most_definitions));
    if (!options.dry_run) return send_all(globals, options, url);
    const auto material = material_of(globals, options);
    BodyPrinter printer(globals, options.as_stored);
    const auto rejected = feed(globals, material, printer, {false, 1, 2}, [] { return false; });
    printer.finish();
    return rejected > 0 ? exit_rejected : exit_done;
}

void add_generator(CLI::App& command, SendOptions& options) {
    auto* count = command.add_option("--count", options.count, "Send so many made-up reports")
                      ->type_name("N")
                      ->check(whole_number(1));
    command.add_option("--seed", options.seed, "Seed of the made-up reports (default 1)")
        ->type_name("S")
        ->needs(count);
    command.add_option("--definitions", options.definitions, "Of so many definitions (default 30)")
        ->type_name("D")
        ->check(whole_number(1))
        ->needs(count);
    command
        .add_option("--failure-rate", options.failure_rate,
                    "The share that fails: 0.2 or 20% (default: each definition its own)")
        ->type_name("F")
        ->needs(count);
}

}  // namespace

void add_send(Application& application) {
    auto options = std::make_shared<SendOptions>();
    auto& command = application.add_command(
        "send", "Send reports to a receiver, as the platform does",
        [&application, options] { return run(application.globals(), *options); });
    command.add_option("URL", options->url, "http://..., https://... or unix:PATH")->required();
    command.add_option("FILE", options->inputs,
                       "Files of reports, `-` for stdin (the default), or ids of the store");
    command.add_flag("--as-stored", options->as_stored, "Send unknown members too");
    command.add_flag("--dry-run", options->dry_run, "Print the bodies and send nothing");
    command
        .add_option("--auth-file", options->auth_file,
                    "The Authorization value: the last line `label: value`")
        ->type_name("FILE");
    command
        .add_option("--cacert", options->ca_file,
                    "Trust these certificates (PEM) in place of the system's")
        ->type_name("FILE");
    command
        .add_option("--timeout", options->timeout,
                    "Without a whole answer by then a report counts as not sent (default 10)")
        ->type_name("SECONDS");
    command
        .add_option("-c,--connections", options->connections, "Connections at one time (default 1)")
        ->type_name("N")
        ->check(whole_number(1));
    command.add_option("--rate", options->rate, "At most so many reports a second")->type_name("R");
    add_generator(command, *options);
}

}  // namespace jobtally::cli
