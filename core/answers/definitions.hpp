// The definitions that reports came from.
#pragma once

#include "core/query/grouping.hpp"
#include "core/query/scope.hpp"
#include "core/table/result_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace jobtally::answers {

// Everything is of the selected reports, except the name, which is the latest in the whole store.
// Reports without a definition have no row.
struct DefinitionsRow {
    query::GroupKey key;
    std::int64_t reports = 0;
    time::Instant first_created_at;
    time::Instant last_created_at;
    std::string last_status;         // by created_at, then id
    std::vector<std::string> names;  // by the created_at they were first seen at
    store::Definition definition;    // what the platform says of it
};

struct DefinitionsAnswer {
    table::Window window;
    std::vector<DefinitionsRow> rows;  // by name, then id
};

DefinitionsAnswer definitions(const query::Scope& scope);
// What the platform's list says of a definition, for `show` too.
std::vector<table::Column> fact_columns();
table::Row fact_cells(const store::Definition& definition);
table::ResultTable definitions_table(const DefinitionsAnswer& answer);

}  // namespace jobtally::answers
