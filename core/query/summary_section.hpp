// What the sections of the digest share: what they are made from, and how their rows begin.
#pragma once

#include "core/query/flaws.hpp"
#include "core/query/grouping.hpp"
#include "core/query/scope.hpp"
#include "core/table/digest.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace jobtally::query {

// What is read once and looked at by several sections. The scope must outlive it.
struct SummaryFacts {
    SummaryFacts(const Scope& asked, time::Instant clock);

    const Scope& scope;
    time::Instant now;
    std::vector<FlawedDefinition> flawed;
};

// 12345 as `12,345`.
std::string with_commas(std::int64_t number);

// `jobtally show ID`, to be copied into a shell: ids come from outside.
std::string next_step(const std::string& id);

// A table whose columns are the definition's, then these.
table::ResultTable section_table(std::initializer_list<table::Column> columns);
void add_row(table::ResultTable& table, GroupKey key, std::initializer_list<table::Cell> figures);

}  // namespace jobtally::query
