// Facts read row by row from the table `report`: the truth, and what is not packed.
#pragma once

#include "core/store/segments/facts.hpp"

#include <functional>

namespace jobtally::store {

// Hands on the reports with first <= sequence <= last. The caller holds the read transaction.
void scan_rows(const Store::Connection& connection, const FactQuery& query, Sequence first,
               Sequence last, const std::function<void(const FactBatch&)>& take);

}  // namespace jobtally::store
