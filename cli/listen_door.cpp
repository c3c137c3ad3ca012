#include "cli/listen_door.hpp"

#include "cli/messages.hpp"
#include "core/base/error.hpp"
#include "core/listen/tls.hpp"

#include <memory>

namespace jobtally::cli {

namespace {

std::shared_ptr<const listen::TlsIdentity> read_tls(const DoorSettings& settings) {
    auto identity = std::make_shared<listen::TlsIdentity>(settings.tls_cert, settings.tls_key);
    for (const auto& warning : identity->warnings()) print_warning(warning);
    return identity;
}

}  // namespace

void add_door_options(CLI::App& command, DoorSettings& settings) {
    command
        .add_option("--tls-cert", settings.tls_cert,
                    "Serve HTTPS with this certificate (PEM, its chain behind it)")
        ->type_name("FILE");
    command.add_option("--tls-key", settings.tls_key, "The key of the certificate (PEM)")
        ->type_name("FILE");
}

void apply_door_options(const DoorSettings& settings, listen::ListenOptions& options) {
    if (settings.tls_cert.empty() != settings.tls_key.empty())
        throw UsageError("TLS takes a certificate and its key",
                         "give both --tls-cert FILE and --tls-key FILE");
    if (!settings.tls_cert.empty()) options.tls = read_tls(settings);
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
