#include "cli/commands/listen_door.hpp"

#include "cli/options/validators.hpp"
#include "cli/terminal/messages.hpp"
#include "core/base/error.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/listen/sockets/descriptors.hpp"
#include "core/listen/sockets/tls.hpp"
#include "core/listen/watch/service_manager.hpp"

#include <memory>
#include <utility>

#include <fmt/core.h>

namespace jobtally::cli {

namespace {

constexpr const char* default_bind = "127.0.0.1:8080";

constexpr std::size_t least_descriptors = 32;

std::shared_ptr<const listen::TlsIdentity> read_tls(const DoorSettings& settings) {
    auto identity = std::make_shared<listen::TlsIdentity>(settings.tls_cert, settings.tls_key);
    for (const auto& warning : identity->warnings()) print_warning(warning);
    return identity;
}

void take_passed_sockets(listen::ListenOptions& options) {
    auto passed = listen::take_passed_sockets();
    options.passed = std::move(passed.reports);
    options.admin_passed = std::move(passed.admin);
    if (options.binds.empty() && options.passed.empty())
        options.binds.push_back(listen::parse_bind_address(default_bind));
}

// Lowers the number of connections if too few descriptors would be left for the store.
void fit_descriptors(listen::ListenOptions& options) {
    const auto allowed =
        listen::allow_descriptors(options.max_connections + listen::spare_descriptors);
    if (allowed < least_descriptors)
        throw Error(fmt::format("no more than {} files may be open, and a listener needs {}",
                                count_text(static_cast<std::int64_t>(allowed)), least_descriptors),
                    "raise the limit: `ulimit -n 1024`");
    const auto fitting = listen::connections_within(allowed);
    if (fitting >= options.max_connections) return;
    options.max_connections = fitting;
    print_warning(
        fmt::format("at most {} connections at one time: no more than {} files may be "
                    "open (see \"ulimit -n\")",
                    count_text(static_cast<std::int64_t>(options.max_connections)),
                    count_text(static_cast<std::int64_t>(allowed))));
}

// Where a control group limits the memory a process that asks for more is killed.
void fit_memory(listen::ListenOptions& options) {
    const auto limit = listen::memory_limit();
    if (!limit) return;
    const auto fitting = listen::connections_within_memory(*limit, options.tls != nullptr);
    if (fitting >= options.max_connections) return;
    options.max_connections = fitting;
    print_warning(
        fmt::format("at most {} connections at one time: no more than {} MiB of memory may be used",
                    count_text(static_cast<std::int64_t>(options.max_connections)), *limit >> 20));
}

}  // namespace

void add_door_options(CLI::App& command, DoorSettings& settings) {
    command
        .add_option("--tls-cert", settings.tls_cert,
                    "Serve HTTPS with this certificate (PEM, its chain behind it)")
        ->type_name("FILE");
    command.add_option("--tls-key", settings.tls_key, "The key of the certificate (PEM)")
        ->type_name("FILE");
    command
        .add_option("--admin", settings.admin,
                    "Serve /healthz and /metrics there, to this machine; repeatable")
        ->type_name("ADDR:PORT|unix:PATH")
        ->allow_extra_args(false);
    command
        .add_option("--max-connections-per-peer", settings.max_connections_per_peer,
                    "Connections from one address at one time (default a quarter of all)")
        ->type_name("N")
        ->check(whole_number(1));
}

void apply_door_options(const DoorSettings& settings, listen::ListenOptions& options) {
    if (settings.tls_cert.empty() != settings.tls_key.empty())
        throw UsageError("TLS takes a certificate and its key",
                         "give both --tls-cert FILE and --tls-key FILE");
    if (!settings.tls_cert.empty()) options.tls = read_tls(settings);
    for (const auto& admin : settings.admin)
        options.admin_binds.push_back(listen::parse_bind_address(admin));
    take_passed_sockets(options);
    options.max_connections_per_peer = settings.max_connections_per_peer;
    options.version = JOBTALLY_VERSION;
    fit_descriptors(options);
    fit_memory(options);
}

void print_addresses(const listen::Listener& listener) {
    for (const auto& url : listener.admin_urls()) print_status("admin address " + url);
    for (const auto& url : listener.urls()) print_status("listening on " + url);
}

void read_tls_again(listen::Listener& listener, const DoorSettings& settings) {
    if (settings.tls_cert.empty()) return;
    try {
        listener.accept_tls(read_tls(settings));
        print_note("the TLS certificate and key were read again");
    } catch (const Error& error) {
        print_error(error);
        print_note("the old TLS certificate and key stay");
    }
}

}  // namespace jobtally::cli
