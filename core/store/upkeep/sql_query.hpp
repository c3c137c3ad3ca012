// A question in SQL that may only read.
#pragma once

#include "core/store/file/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace jobtally::store {

// NULL, an integer, a number, a text or a blob (both as bytes).
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string>;

struct SqlAnswer {
    std::vector<std::string> columns;  // names differ: a second `id` is `id:1`
    std::vector<std::vector<SqlValue>> rows;
};

// One SELECT, VALUES, WITH, EXPLAIN or harmless PRAGMA. Throws UsageError for what SQLite does not
// understand, for several statements, and for what would write, attach or change a setting.
// All rows are read before it returns: no read transaction stays open while they are printed.
SqlAnswer run_query(const Store& store, const std::string& sql);

}  // namespace jobtally::store
