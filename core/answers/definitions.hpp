// The definitions that reports came from.
#pragma once

#include "core/query/scope.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::answers {

// Of the selected reports, except the label. Reports without a definition have no row.
struct DefinitionsRow {
    std::string id;
    std::optional<std::string> label;  // the newest name in the whole store
    std::optional<std::string> type;   // of the newest report that has one
    std::int64_t reports = 0;
    time::Instant first_created_at;
    time::Instant last_created_at;
    std::string last_status;         // by created_at, then id
    std::vector<std::string> names;  // by the created_at they were first seen at
};

struct DefinitionsAnswer {
    table::Window window;
    std::vector<DefinitionsRow> rows;  // by name, then id
};

DefinitionsAnswer definitions(const query::Scope& scope);
table::ResultTable definitions_table(const DefinitionsAnswer& answer);

}  // namespace jobtally::answers
