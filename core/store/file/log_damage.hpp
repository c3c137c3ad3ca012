// Whether a log ends where a crash ended it, or at damage. SQLite reads a log up to the first frame
// whose checksum is wrong, says nothing of those behind it, and writes over them.
#pragma once

#include "core/store/file/connection.hpp"

#include <chrono>
#include <string>

namespace jobtally::store {

// To be called before anything is written by a connection that has read the file. Where commits
// stand behind the end of the log, keeps a copy of the log beside the store, empties the log, and
// returns a line that says so; else an empty text, and takes no lock. A commit that was being
// written when the power went is no damage, nor is one that looks so: of the last commit it can't
// be told, unless the log was written since the machine started.
// Throws StoreError: corrupt where the file has more of the log than can be read, so that the log
// would undo it; busy after `patience`; and where the copy can't be made.
std::string keep_damaged_log(Store::Connection& connection, std::chrono::milliseconds patience);

// Notes that line (Connection::damage) among the rejected bodies, for the next mail: nobody may
// have read it. For a store whose tables are there. Throws StoreError.
void note_damage(const Store::Connection& connection, std::chrono::milliseconds patience);

// What a connection that only reads says of such a log, which it leaves as it is; empty where there
// is no damage, where a connection that writes is open, and where the lock file can't be read.
// Throws StoreError::corrupt as keep_damaged_log() does.
std::string look_for_damaged_log(const Store::Connection& connection);

// True where keep_damaged_log() would keep it; takes no lock.
bool has_damaged_log(const Store::Connection& connection);

// What was said when `store` was opened: a line for people, or an empty text.
const std::string& damage_found(const Store& store);

}  // namespace jobtally::store
