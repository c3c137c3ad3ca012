// Scanning facts in one state of the store.
#include "core/store/facts.hpp"

#include "core/store/connection.hpp"
#include "core/store/scan_rows.hpp"

namespace jobtally::store {

void scan_facts(const Store& store, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take) {
    const ReadScope scope(store.connection());
    scan_rows(store.connection(), query, 1, INT64_MAX, take);
}

}  // namespace jobtally::store
