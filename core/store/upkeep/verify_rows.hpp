// The part of verify() that reads every report once.
#pragma once

#include "core/store/upkeep/verify.hpp"

#include <string>

namespace jobtally::store {

// Counts a problem; keeps the line if there are not too many already.
void add_finding(Check& check, std::string line);

struct RowChecks {
    Check& references;
    Check& labels;
    Check& values;
};
void verify_rows(const Store::Connection& connection, RowChecks checks);

}  // namespace jobtally::store
