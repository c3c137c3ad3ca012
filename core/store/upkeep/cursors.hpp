// How far `export --cursor` has handed reports over: the table `cursor`.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::store {

// What a run hands over: every report whose sequence is greater than `after`.
struct CursorRun {
    enum class Start : std::uint8_t {
        goes_on,
        is_new,       // there was no such cursor
        begins_again  // it stood beyond the last sequence that the store ever gave out
    };
    std::string cursor;
    std::string mark;  // this run's own
    Start start = Start::goes_on;
    Sequence after = 0;
    Sequence given = 0;  // the last one given out when the run began: all up to it are committed
};

// True when something may have come since the cursor's last complete run.
bool is_behind(const Store& store, const std::string& cursor);
// Makes the cursor where there is none (write guard). Several runs of one cursor may go on at once:
// each hands over what it began with, and the cursor goes to the farthest.
CursorRun begin_run(Store& store, const std::string& cursor);
// To be called when all up to `taken` was taken (write guard). Throws StoreError, and moves
// nothing, where the run is not known any more: the cursor was forgotten, or the store that the
// reports were read from is not this one (a backup was put in its place), so that equal sequences
// may be other reports.
void end_run(Store& store, const CursorRun& run, Sequence taken, time::Instant now);
// False where there is none (write guard).
bool forget_cursor(Store& store, const std::string& cursor);

struct CursorStatus {
    std::string cursor;
    std::optional<time::Instant> moved_at;  // none: no run was complete yet
    std::int64_t waiting = 0;               // reports to come
};
std::vector<CursorStatus> read_cursors(const Store& store);

}  // namespace jobtally::store
