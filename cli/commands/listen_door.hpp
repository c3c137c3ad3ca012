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

// Puts what was asked for, and what a service manager passed, into `options`, reading the files
// that are named; warnings go to stderr.
void apply_door_options(const DoorSettings& settings, listen::ListenOptions& options);

// Which addresses are served, on stderr; the last line says that all is ready.
void print_addresses(const listen::Listener& listener);

// Certificate and key as they are now; where they are broken the old ones stay, and that is said.
void read_tls_again(listen::Listener& listener, const DoorSettings& settings);

}  // namespace jobtally::cli
