// What questions say of reports that wait in the spool: those were answered 202, and the store does
// not know them yet.
#pragma once

#include "cli/options/globals.hpp"
#include "core/table/digest.hpp"
#include "core/table/probe.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>

namespace jobtally::cli {

struct Spooled {
    std::int64_t bodies = 0;  // 1 and more
    time::Instant since;      // when the oldest came
};

// None where nothing waits, or nobody can know.
std::optional<Spooled> spooled(const Globals& globals);

// The last sign of life of a listener whose store takes none, nor its signs of life; none where
// there is no spool.
std::optional<time::Instant> alive_at_the_spool(const Globals& globals);

table::Mention spooled_mention(const std::optional<Spooled>& spooled, const Globals& globals);

// Requests that nothing could keep, and that the store does not tell of yet; none where the number
// may not be read, and a folder that can't be looked into has none.
std::optional<std::int64_t> unkept(const Globals& globals);
table::Mention unkept_mention(std::optional<std::int64_t> requests);

// What has waited for more than a minute is told, and what could not be kept, and keeps the probe
// from saying OK.
void tell_spooled(table::Probe& probe, const Globals& globals);

}  // namespace jobtally::cli
