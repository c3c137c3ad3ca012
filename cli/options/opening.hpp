// How commands open the store: the one place that says what was found wrong with its log, and what
// it does not have.
#pragma once

#include "cli/options/globals.hpp"
#include "core/query/scope.hpp"
#include "core/store/file/store.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace jobtally::cli {

// These warn on stderr, by one line, where the log of the store is damaged, and throw StoreError as
// store::Store does.

// The store of --db to read.
store::Store open_to_read(const Globals& globals);
// The same; or, with --from, one in memory that holds what those files hold (their rejected reports
// are warned about).
store::Store open_store(const Globals& globals, const std::vector<std::string>& from);
// Makes and migrates the store of --db where needed.
store::Store open_to_write(const Globals& globals,
                           std::chrono::milliseconds patience = std::chrono::seconds(60));
// The same, but throws StoreError::missing instead of making a store.
store::Store open_existing_to_write(const Globals& globals);
// Notes that another process is waited for; empty with --quiet.
store::TellWait tell_wait(const Globals& globals);

// `damage` is that of store::damage_found(); says nothing where it is empty.
void warn_about_damage(const std::string& damage);
// Warns about definitions, types, statuses and sources that were asked for and match nothing.
void warn_about_unmatched(const Globals& globals, const query::Scope& scope);

}  // namespace jobtally::cli
