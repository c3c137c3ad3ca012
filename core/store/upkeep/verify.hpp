// What `db verify` looks at: SQLite's own checks, and the rules that jobtally's tables keep.
#pragma once

#include "core/store/file/store.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace jobtally::store {

struct Check {
    std::string name;                   // `pages`
    std::string looks_at;               // in words, for people
    std::int64_t problems = 0;          // how many were counted
    std::vector<std::string> findings;  // a line each; the first of them
};

// In this order: pages (integrity_check), schema, references (declared and not), labels, values,
// counters, segments. Reads only, one state of the store; other readers and writers go on. A part
// that can't be read is a finding, not an exception.
// `progress` is told how many parts are done.
std::vector<Check> verify(
    const Store& store,
    const std::function<void(std::int64_t done, std::int64_t total)>& progress = {});

// Deletes all segments and makes them again from the reports (write guard).
void repack(Store& store);

}  // namespace jobtally::store
