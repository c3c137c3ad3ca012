// What the sections of the digest share: what they are made from, and how their rows begin.
#pragma once

#include "core/answers/failures.hpp"
#include "core/judge/findings.hpp"
#include "core/judge/flaws.hpp"
#include "core/query/grouping.hpp"
#include "core/query/run_history.hpp"
#include "core/query/scope.hpp"
#include "core/rhythm/missed.hpp"
#include "core/table/digest.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace jobtally::digest {

// What is read once and looked at by several sections. The scope must outlive it.
struct SummaryFacts {
    SummaryFacts(const query::Scope& asked, const rhythm::MissedOptions& options);

    const query::Scope& scope;
    time::Instant now;
    answers::FailuresAnswer failures;  // by definition
    rhythm::MissedAnswer missed;  // at the end of the window, where that is past; of all history
    std::vector<judge::FlawedDefinition> flawed;
    query::RunHistory history;
    std::vector<judge::Findings> findings;  // of the history's definitions, by name

    // What names one of the history's definitions in a row, and the way back.
    const query::GroupKey& key(std::size_t definition) const { return m_keys[definition]; }
    std::size_t definition_of(const query::GroupKey& key) const;

  private:
    void put_by_name();

    std::vector<query::GroupKey> m_keys;                         // by definition
    std::unordered_map<std::string, std::size_t> m_definitions;  // by id
};

// `jobtally show ID`, to be copied into a shell: ids come from outside.
std::string next_step(const std::string& id);

inline table::Cell text_or_unknown(std::string_view text) {
    return text.empty() ? table::Cell{} : table::Cell{std::string(text)};
}

// A table whose columns are the definition's, then these.
table::ResultTable section_table(std::initializer_list<table::Column> columns);
void add_row(table::ResultTable& table, query::GroupKey key,
             std::initializer_list<table::Cell> figures);

}  // namespace jobtally::digest
