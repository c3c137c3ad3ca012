// The options of the commands that write to the store, and what these commands say about it.
#pragma once

#include "cli/options/opening.hpp"

#include <cstdint>
#include <functional>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// `--rejected-limit N`.
void add_rejected_limit(CLI::App& command, std::int64_t& limit);
// For WriterHooks::forgotten: a warning the first time that a rejected body is deleted for a newer
// one.
std::function<void(std::int64_t)> tell_forgotten_once(std::int64_t limit);

// Warns where other users than its owner can open the store, and says how to change that; silent
// with -q. Creates nothing and never fails.
void warn_about_modes(const Globals& globals);

}  // namespace jobtally::cli
