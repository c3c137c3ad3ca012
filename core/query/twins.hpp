// Definitions that share a name, or have none, told apart for people.
#pragma once

#include "core/query/scope.hpp"
#include "core/table/result_table.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace jobtally::query {

// Knows the definitions whose label, or the id in place of one that can't be seen, another one of
// the store has too. Each has a mark: the source that all its reports came from where that is known
// and another one for each of those that share the label, else a part of its id, written as the
// pattern that `-d` takes.
class Twins {
  public:
    Twins() = default;
    // Reads which sources they have in the whole store, where any share a label.
    explicit Twins(const Scope& scope);

    // `Nightly (north)`: puts the marks behind the names in a table that has the columns
    // definition_id and definition_name; and where only the table has one name for two of them,
    // parts of their ids. The id stands in place of a name that is not known or blank.
    void tell_apart(table::ResultTable& table) const;

  private:
    std::unordered_map<std::string, std::string> m_marks;  // by definition_id
};

// The shortest patterns that tell ids apart, in their order: `3f2a9c10*` or `*9c103f2a` where eight
// characters do, else the whole ids.
std::vector<std::string> short_ids(const std::vector<std::string>& ids);

}  // namespace jobtally::query
