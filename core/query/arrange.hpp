// The order of an answer's rows, and how many of them: --sort and --top.
#pragma once

#include "core/table/result_table.hpp"

#include <cstddef>
#include <string>

namespace jobtally::query {

struct Arrangement {
    std::string sort;     // a machine key, `-` before it turns the order round; empty: as it is
    std::size_t top = 0;  // keep so many rows; 0: all
};

// Sorts stably, unknown values last either way, weekdays from Monday, and then cuts; the total
// stays. Throws UsageError, naming the known keys, for a key that the table does not have.
table::ResultTable arranged(table::ResultTable table, const Arrangement& arrangement);

}  // namespace jobtally::query
