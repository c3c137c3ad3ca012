// The options of `jobtally listen` that say how its sockets are guarded and watched.
#pragma once

#include "core/listen/listener.hpp"

#include <string>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

struct DoorSettings {
    std::string tls_cert;
    std::string tls_key;
};

void add_door_options(CLI::App& command, DoorSettings& settings);

// Puts what was asked for into `options`, reading the files that it names; warnings go to stderr.
void apply_door_options(const DoorSettings& settings, listen::ListenOptions& options);

// Certificate and key as they are now; where they are broken the old ones stay, and that is said.
void read_tls_again(listen::Listener& listener, const DoorSettings& settings);

}  // namespace jobtally::cli
