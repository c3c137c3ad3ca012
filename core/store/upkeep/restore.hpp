// Putting a copy in the place of a store that others may have open.
#pragma once

#include "core/store/upkeep/backup.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace jobtally::store {

struct Restored {
    Backup store;                         // as it is now
    std::optional<std::string> replaced;  // where the store that was there is kept, or its log if
                                          // that was all; nothing if none was there
    std::optional<std::int64_t> lacking;  // reports of that one which the store now lacks or has in
                                          // another state; nothing if it can't be read
    std::optional<std::int64_t> lacking_rejected;  // the same of its rejected bodies
    bool is_damaged = false;  // that one: `lacking` counts what can be read of it
    std::string damage;       // damage_found() of the copy
};

// Makes `path` a copy of the store `file`, which is checked first, as by verify(), and stays as it
// is: one of a newer jobtally, damaged ones and other files throw StoreError. It takes the place of
// what was there at one moment under the write guard, for which it waits up to `patience`; a
// process that has the old one open to write opens the new one before its next commit. What was
// there is kept beside it, with its log, whatever state it is in; an empty file's log is not
// touched; when a listener was last up is taken over from it. Copies that killed restores left
// half-written are removed. Throws StoreError.
Restored restore(const std::filesystem::path& file, const std::filesystem::path& path,
                 std::chrono::milliseconds patience = std::chrono::seconds(60), TellWait tell = {});

}  // namespace jobtally::store
