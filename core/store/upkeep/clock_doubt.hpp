// A clock that shows less than an earlier sign of life: either it is behind, as where a machine
// starts before its clock is set, or that one was ahead. Until it is seen which, the spans of
// uptime that say more are in doubt: marked, and read as if they had ended when the next one began.
#pragma once

#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <chrono>
#include <cstdint>

namespace jobtally::store {

// What uptime.has_ended holds for a span in doubt, beside whether it has ended.
inline constexpr std::int64_t doubted = 2;

// What came since the doubt arose is known by what came before: the table `state` has the newest
// sequence of then as `sequence_at_doubt`, and the newest rejected_id as `rejected_at_doubt`.

// To be called when a listener begins, which it does after each leap of its clock as well. First
// what is no longer in doubt is settled:
// - a clock that is back was behind, so the spans since the doubt arose never were, and what came
// in
//   them has come at `at`;
// - one that has gone on by itself past the doubted signs was right, and they were ahead.
// Then spans with a sign after `at` are doubted. Where there is something to be written it is one
// transaction under the write guard, for which this waits up to `patience`, then throws
// StoreError::busy.
void settle_doubt(Store& store, time::Instant at, std::chrono::milliseconds patience);

}  // namespace jobtally::store
