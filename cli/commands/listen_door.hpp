// The options of `jobtally listen` that say how its sockets are guarded and watched.
#pragma once

#include "core/listen/listener.hpp"

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

struct DoorSettings {
    std::string tls_cert;
    std::string tls_key;
    std::vector<std::string> admin;
    std::optional<std::size_t> max_connections_per_peer;
};

void add_door_options(CLI::App& command, DoorSettings& settings);

// Puts the settings, and the sockets that a service manager passed, into `options`. Reads the files
// that the settings name; warnings go to stderr.
void apply_door_options(const DoorSettings& settings, listen::ListenOptions& options);

// Prints the served addresses on stderr; its last line says that all is ready.
void print_addresses(const listen::Listener& listener);

// Reads certificate and key again. If they are broken the old ones stay, and a message says so.
void read_tls_again(listen::Listener& listener, const DoorSettings& settings);

}  // namespace jobtally::cli
