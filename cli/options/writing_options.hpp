// The options of the commands that write to the store, and what these commands say about it.
#pragma once

#include "cli/options/opening.hpp"
#include "core/ingest/spool.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// Where a store that was named by a link lies: what belongs to it lies there too.
std::filesystem::path followed(const std::filesystem::path& store);

// `--spool DIR`.
void add_spool_option(CLI::App& command, std::string& folder);
// The named folder, else the store's path with `-spool` at its end, which may be a link.
ingest::Spool spool_of(const Globals& globals, const std::string& folder);
// Makes spool_of() without a name find this spool from now on, and moves there what waits in the
// one that it found before; warns where that fails.
void remember_spool(const Globals& globals, ingest::Spool& spool);
// The same for one that can't be used, where nothing is found so far: what waits there is told.
void remember_refused(const Globals& globals, ingest::Spool& spool);
// To be called before the spool is prepared: where the one that was found before is gone, since it
// was moved to be this one, nothing is missed.
void forget_moved(const Globals& globals, const ingest::Spool& spool);
// The one that could not be emptied when another was named, if there is one.
ingest::Spool former_spool(const Globals& globals);
// An error as one line, its hint in brackets.
std::string with_hint(const Error& error);
// False, with a warning, where it can't be read or is another user's.
bool can_read(const ingest::Spool& spool);
// How many bodies wait there; nothing where that can't be known.
std::optional<std::int64_t> bodies_in(const ingest::Spool& spool);
// For WriterHooks::from_spool: a note that so many bodies came from the spool into the store.
void print_from_spool(std::size_t bodies);

// `--rejected-limit N`.
void add_rejected_limit(CLI::App& command, std::int64_t& limit);
// For WriterHooks::forgotten: a warning the first time that a rejected body is deleted for a newer
// one.
std::function<void(std::int64_t)> tell_forgotten_once(std::int64_t limit);

// Warns where other users than its owner can open the store, and says how to change that; silent
// with -q. Creates nothing and never fails.
void warn_about_modes(const Globals& globals);

}  // namespace jobtally::cli
