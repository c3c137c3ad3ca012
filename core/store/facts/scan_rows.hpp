// Facts read from the table `report`, row by row: the truth, and everything that is not packed.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"

#include <functional>

namespace jobtally::store {

// Hands on the reports of the query with first <= sequence <= last, in the order of their sequence,
// in batches of some thousands. Throws StoreError::corrupt for values that no report has. The
// caller holds the read transaction.
void scan_rows(const Store::Connection& connection, const FactQuery& query, Sequence first,
               Sequence last, const std::function<void(const FactBatch&)>& take);

// All columns of the reports with first <= sequence <= last, as one batch.
FactBatch read_rows(const Store::Connection& connection, Sequence first, Sequence last);

}  // namespace jobtally::store
