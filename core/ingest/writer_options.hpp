// How the writer works, and whom it tells.
#pragma once

#include "core/base/error.hpp"
#include "core/ingest/spool.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/store/upkeep/uptime.hpp"
#include "core/time/instant.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace jobtally::ingest {

struct WriterOptions {
    // A transaction ends when it holds this many rows, when nothing waits any more, or when another
    // process wants to write.
    std::size_t rows_per_commit = 16 << 10;
    std::chrono::milliseconds patience = std::chrono::seconds(60);  // with other writers
    // The place for bodies that the store can't take. What waits there is stored when the writer
    // starts and whenever the store works again.
    std::optional<Spool> spool{};
    // What the next mail has to tell of the start; empty: nothing.
    std::string first_note{};
    std::int64_t rejected_limit = store::default_rejected_limit;
    // The store's own path, links followed: what was answered 503 and not kept is noted beside it.
    // Without one that ends with the process.
    std::filesystem::path store{};
    // When the store is settled: after this long without work, or this many rows.
    std::chrono::milliseconds settle_after = std::chrono::seconds(1);
    std::chrono::milliseconds settle_patience = std::chrono::seconds(60);
    std::size_t rows_per_settle = 200'000;
    // Says when a report came to the store; asked in the writer thread. A report that was taken in
    // long before, and waited, has come when it is stored: only then can anybody be told of it.
    std::function<time::Instant()> clock = time::system_now;
    // The uptime is recorded, from the first moment to finish(), with a sign of life every
    // `alive_every`; and the spool and the store are looked at while nothing comes.
    bool is_listener = false;
    std::chrono::milliseconds alive_every = store::alive_every;
};

// What goes wrong: storing; packing and checkpoints; the spool.
enum class Failing { store, upkeep, spool };

// All are called in the writer thread, must be quick and must not throw; empty ones are not called.
struct WriterHooks {
    // A failure of what is tried again and again is reported once, until it works or fails in
    // another way.
    std::function<void(const Error&, Failing)> trouble{};
    std::function<void()> store_works_again{};
    // Called once, after trouble(): the process should now end with an error, so that it is started
    // afresh.
    std::function<void()> store_is_lost{};
    // Called when a spool that could not be prepared at the start is.
    std::function<void(Spool&)> spool_is_prepared{};
    // Called with the number of bodies that were taken from the spool into the store.
    std::function<void(std::size_t)> from_spool{};
    // Called when the clock has gone back, since the last sign of life, from the first time to the
    // second.
    std::function<void(time::Instant, time::Instant)> clock_went_back{};
    // Called when the process stood still from the first time to the second, or the clock leapt.
    std::function<void(time::Instant, time::Instant)> stood_still{};
    // Called with a line that says how many requests were answered 503 and not kept: when the store
    // keeps it for the next mail, and at the end where nothing does.
    std::function<void(const std::string&)> losses{};
    // Called with the number of rejected bodies that newer ones pushed out of the store.
    std::function<void(std::int64_t)> forgotten{};
};

}  // namespace jobtally::ingest
