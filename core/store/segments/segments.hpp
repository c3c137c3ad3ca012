// The face of this room for those who read: facts from the packed copies where there are any, from
// the rows elsewhere. JOBTALLY_SEGMENTS=off in the environment bypasses the copies, so that both
// answers can be compared.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"

#include <functional>
#include <vector>

namespace jobtally::store {

// Hands all reports of the span to `take`, batch by batch, in no promised order; every report once,
// all of one state of the store. The batch is valid only during the call. `take` runs in the
// calling thread. Throws StoreError::corrupt for packed copies that can't be unpacked and for
// values that no report has.
void scan_facts(const Store& store, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take);

// The same by several workers at once, at most `workers` of them and fewer where there is little to
// read: `take` is called by one thread for each worker, with the worker's number from 0 on. Worker
// 0 is the calling thread.
//
// Where `wants_more` is given, the segments that lie within the span are read from the newest one
// back, and it is asked first, by the worker's thread, with the definitions of all reports of a
// segment and their last times. If it is false, `take` gets the definitions alone:
// the other columns of that batch are empty, and nobody has looked at what is damaged there.
using TakeFacts = std::function<void(std::size_t worker, const FactBatch&)>;
struct LastTimes {
    std::int64_t created_at, received_at;  // the greatest, in microseconds
};
using WantsMore =
    std::function<bool(std::size_t worker, const FactBatch& definitions, const LastTimes& last)>;
void scan_facts(const Store& store, const FactQuery& query, std::size_t workers,
                const TakeFacts& take, const WantsMore& wants_more = {});

// The same for the other folders of the store; within an open transaction it sees what that has
// written.
void scan_facts(const Store::Connection& connection, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take);

// The first sequences of the segments that do not hold exactly the reports of their range, overlap
// another or can't be unpacked. Reads everything once.
std::vector<Sequence> disagreeing_segments(const Store::Connection& connection);

}  // namespace jobtally::store
