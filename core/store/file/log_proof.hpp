// Whether the file of a store is what checkpoints of its log have made of it. Both are read through
// SQLite's own descriptors, as file_head.hpp says.
#pragma once

#include <cstdint>

struct sqlite3;

namespace jobtally::store {

enum class LogProof : std::uint8_t {
    agrees,
    disagrees,  // someone else wrote to the file
    undecided,  // other programs checkpoint or write all the time
};

// Compares the pages of all frames that were checkpointed (sqlite.org/walformat.html) with those of
// the file, and what its head says with the log's index. A page that has a newer frame, which no
// checkpoint has written or one is writing, is taken as it is; so is one that the log lacks.
// Takes no lock: programs that write meanwhile are waited for by a few repetitions. Some
// milliseconds for each 4 MiB of log. For a connection that has the log open.
LogProof compare_with_log(sqlite3* connection);

}  // namespace jobtally::store
