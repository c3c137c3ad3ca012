// `--rejected-limit N` of the commands that write, and what they say when it is reached.
#pragma once

#include <cstdint>
#include <functional>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

void add_rejected_limit(CLI::App& command, std::int64_t& limit);
// For WriterHooks::forgotten: a warning the first time that a body goes for a newer one.
std::function<void(std::int64_t)> tell_forgotten_once(std::int64_t limit);

}  // namespace jobtally::cli
