// Whose file it is: the header's application_id and user_version, and the way up to today's schema;
// and whether it is sound.
#pragma once

#include "core/store/file/connection.hpp"

#include <string_view>
#include <vector>

namespace jobtally::store {

inline constexpr std::int64_t application_id = 0x6a746c79;  // "jtly"

// The schema's steps, embedded from sql/NNN_*.sql: step i brings a store from user_version i to
// i + 1. Only ever append one.
const std::vector<std::string_view>& schema_steps();

enum class Identity { empty, older, current };

// Throws StoreError::foreign or newer. `known_version` is the number of schema steps that this
// program has.
Identity identify(const Store::Connection& connection,
                  std::size_t known_version = schema_steps().size());

// Lets a connection that only reads an older store find what the schema of today has beside it: as
// temporary tables, for itself and in memory. False where the store is too old for that.
bool add_what_lacks(const Store::Connection& connection);

// Throws StoreError::foreign where the schema has a trigger: jobtally makes none, and one can undo
// what is written without an error.
void require_no_triggers(const Store::Connection& connection);

// Throws StoreError::corrupt where SQLite's integrity check, which reads the whole file, finds
// damage.
void require_sound(const Store::Connection& connection);

// Runs the steps that the store lacks, all in one transaction. The caller holds the write guard.
void migrate(const Store::Connection& connection,
             const std::vector<std::string_view>& steps = schema_steps());

}  // namespace jobtally::store
