// `list -f`: the list that goes on while reports arrive.
#pragma once

#include "cli/options/query_options.hpp"
#include "core/answers/list.hpp"

namespace jobtally::cli {

// Prints the list, then every report that is stored or updated from then on and is selected, once
// it is on disk. SIGINT and SIGTERM end the process with 0; a reader that goes away throws
// ClosedPipe, even while there is nothing to print. Otherwise it never returns.
[[noreturn]] void follow(const Globals& globals, const SelectionOptions& options,
                         const answers::ListOptions& list);

}  // namespace jobtally::cli
