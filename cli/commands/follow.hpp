// `list -f`: the list that goes on while reports arrive; and what all that goes on has in common.
#pragma once

#include "cli/options/selection_options.hpp"
#include "core/answers/list.hpp"

#include <chrono>

namespace jobtally::cli {

// Prints the list, then every report that is stored or updated from then on and is selected, once
// it is on disk. SIGINT and SIGTERM end the process with 0; a reader that goes away throws
// ClosedPipe, even while there is nothing to print. Otherwise it never returns.
[[noreturn]] void follow(const Globals& globals, const SelectionOptions& options,
                         const answers::ListOptions& list);

// Throws UsageError where --output names a file, which is written when all is done.
void refuse_endless_output(const Globals& globals);

// Waits, and throws ClosedPipe when the reader of a descriptor goes away meanwhile; -1 is none.
void wait_a_moment(std::chrono::milliseconds moment, int reader);

}  // namespace jobtally::cli
