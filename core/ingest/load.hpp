// Loads reports from files and stdin. They are read and decoded here; the sink writes them.
#pragma once

#include "core/base/error.hpp"
#include "core/ingest/delivery.hpp"
#include "core/model/outcome.hpp"
#include "core/time/instant.hpp"
#include "core/wire/list_totals.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::ingest {

struct LoadOptions {
    // Nothing is submitted if anything is rejected: a first pass only decodes. What can't be read
    // twice is copied to an unlinked temporary file first.
    bool strict = false;
    std::size_t reports_a_delivery = 2048;
    std::size_t deliveries = 12;  // how many are used in turn, which bounds the memory
    // When this descriptor can be read, nothing more is read of the inputs; -1: there is none.
    int stop = -1;
    std::string sender{};  // the source of all reports; empty: unknown
};

// All are called in the thread of load(); empty ones are not.
struct LoadHooks {
    std::function<void(std::string_view source, std::uint64_t line, std::string_view reason)>
        rejected;
    // The bytes of all sources together that are done, and their total, which is 0 if the size of
    // one is unknown.
    std::function<void(std::int64_t done, std::int64_t total)> progress;
    std::function<time::Instant()> clock = time::system_now;
};

struct LoadResult {
    model::Tally tally;
    wire::ListTotals lists;            // of all sources together
    bool is_refused = false;           // strict, and something was rejected: nothing was stored
    std::optional<IoError> problem{};  // an input could not be read on: what came before counts
};

// Loads `paths` in their order; `-` is stdin. All are opened before anything is submitted. Returns
// when everything has come back from the sink. Throws IoError for a file that can't be opened,
// Error for what the sink could not take; what was committed until then stays.
LoadResult load(const std::vector<std::string>& paths, DeliverySink& sink,
                const LoadOptions& options = {}, const LoadHooks& hooks = {});

}  // namespace jobtally::ingest
