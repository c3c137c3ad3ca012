// Which folder is the spool of a store, and how it is found by commands that were not told.
//
// It is the folder `STORE-spool`, or what the link of that name leads to. Where a listener was told
// another one, those before it are put aside as `STORE-spool-former`, `STORE-spool-former2` and so
// on until they are empty.
#pragma once

#include "cli/options/globals.hpp"
#include "core/ingest/spool.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace jobtally::cli {

// Where a store that was named by a link lies: what belongs to it lies there too.
std::filesystem::path followed(const std::filesystem::path& store);

// `--spool DIR`.
void add_spool_option(CLI::App& command, std::string& folder);
// The named folder, else the store's path with `-spool` at its end, which may be a link.
ingest::Spool spool_of(const Globals& globals, const std::string& folder);
// Makes all_spools() find this one from now on, and moves there what waits in those that it found
// before; warns where that fails. Throws Error, changing nothing, where a listener uses one of
// them.
void remember_spool(const Globals& globals, ingest::Spool& spool);
// Moves what waits in those put aside to this one, from where it can be stored; warns where that
// fails.
void gather(const Globals& globals, ingest::Spool& spool);
// remember_spool() for one that can't be used, where nothing is found so far: what waits there is
// told.
void remember_refused(const Globals& globals, ingest::Spool& spool);
// To be called before the spool is prepared: where one that was found before is gone, since it was
// moved to be this one, nothing is missed.
void forget_moved(const Globals& globals, const ingest::Spool& spool);
// All in which something may wait: that of spool_of() without a name, and those put aside.
std::vector<ingest::Spool> all_spools(const Globals& globals);
// What shows that a listener has worked here with a spool elsewhere: a link beside the store, or
// the note in a spool.
std::vector<std::filesystem::path> signs_of_a_store(const Globals& globals,
                                                    const ingest::Spool& spool);
// Throws StoreError::missing where there is no store, but such a sign: a volume may be missing, and
// what went into a new store beneath its mount point would be seen by nobody once it is back.
void require_store_not_away(const Globals& globals, const ingest::Spool& spool);
// For a start: a note where a spool is gone in which nothing was known to wait, and a warning where
// the store may be a new one, made while the volume of the one before was missing.
void tell_doubts(const Globals& globals, const ingest::Spool& spool);
// An error as one line, its hint in brackets.
std::string with_hint(const Error& error);
// False, with a warning, where it can't be read or is another user's.
bool can_read(const ingest::Spool& spool);
// How many bodies wait there; nothing where that can't be known.
std::optional<std::int64_t> bodies_in(const ingest::Spool& spool);
// For WriterHooks::from_spool: a note that so many bodies came from the spool into the store.
void print_from_spool(std::size_t bodies);

}  // namespace jobtally::cli
