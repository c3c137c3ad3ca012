// What the sections of the digest share: what they are made from, and how their rows begin.
#pragma once

#include "core/query/failures.hpp"
#include "core/query/findings.hpp"
#include "core/query/flaws.hpp"
#include "core/query/grouping.hpp"
#include "core/query/run_history.hpp"
#include "core/query/scope.hpp"
#include "core/table/digest.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace jobtally::query {

// What is read once and looked at by several sections. The scope must outlive it.
struct SummaryFacts {
    SummaryFacts(const Scope& asked, time::Instant clock);

    const Scope& scope;
    time::Instant now;
    FailuresAnswer failures;  // by definition
    std::vector<FlawedDefinition> flawed;
    RunHistory history;
    std::vector<Findings> findings;  // of the history's definitions, by name

    // What names one of the history's definitions in a row, and the way back.
    const GroupKey& key(std::size_t definition) const { return m_keys[definition]; }
    std::size_t definition_of(const GroupKey& key) const;

  private:
    void put_by_name();

    std::vector<GroupKey> m_keys;                                // by definition
    std::unordered_map<std::string, std::size_t> m_definitions;  // by id
};

// 12345 as `12,345`.
std::string with_commas(std::int64_t number);

// `jobtally show ID`, to be copied into a shell: ids come from outside.
std::string next_step(const std::string& id);

inline table::Cell text_or_unknown(std::string_view text) {
    return text.empty() ? table::Cell{} : table::Cell{std::string(text)};
}

// A table whose columns are the definition's, then these.
table::ResultTable section_table(std::initializer_list<table::Column> columns);
void add_row(table::ResultTable& table, GroupKey key, std::initializer_list<table::Cell> figures);

}  // namespace jobtally::query
