// `--spool DIR` of the commands that write, and what they say of it.
#pragma once

#include "cli/options/globals.hpp"
#include "core/ingest/spool.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace jobtally::cli {

void add_spool_option(CLI::App& command, std::string& folder);
// The named folder, else the store's path with `-spool` at its end.
ingest::Spool spool_of(const Globals& globals, const std::string& folder);
// How many wait there; nothing where that can not be known.
std::optional<std::int64_t> bodies_in(const ingest::Spool& spool);
// A note that so many bodies came from the spool into the store.
void print_from_spool(std::size_t bodies);

}  // namespace jobtally::cli
