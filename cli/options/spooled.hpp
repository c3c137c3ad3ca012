// What questions say of reports that wait in the spool: those were answered 202, and the store does
// not know them yet.
#pragma once

#include "cli/options/globals.hpp"
#include "core/table/digest.hpp"
#include "core/table/probe.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace jobtally::cli {

struct Spooled {
    std::int64_t bodies = 0;  // that can be told; 1 and more, where there is no problem
    time::Instant since{};    // when the oldest of them came
    std::string problem{};    // why the spool, or a former one, can't be used; and what lies there
};

// None where nothing waits, or who asks may not know.
std::optional<Spooled> spooled(const Globals& globals);

// The last sign of life of a listener whose store takes none, nor its signs of life; none where
// there is no spool.
std::optional<time::Instant> alive_at_the_spool(const Globals& globals);

table::Mention spooled_mention(const std::optional<Spooled>& spooled, const Globals& globals);

// Requests that nothing could keep, and that the store does not tell of yet; none where the number
// may not be read, and a folder that can't be looked into has none.
std::optional<std::int64_t> unkept(const Globals& globals);
table::Mention unkept_mention(std::optional<std::int64_t> requests);

// What has waited for more than a minute is told, and a spool that can't be used, and what could
// not be kept, and keeps the probe from saying OK.
void tell_spooled(table::Probe& probe, const Globals& globals);

// Says on stderr what waits and is therefore not in `what`: a backup, an export.
void note_spooled(const Globals& globals, const char* what);

}  // namespace jobtally::cli
