// Scanning facts in one state of the store: segments where they are, rows elsewhere.
#include "core/store/segments/facts.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/segments/scan_rows.hpp"
#include "core/store/segments/scan_segment.hpp"

namespace jobtally::store {

void scan_facts(const Store& store, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take) {
    scan_facts(store.connection(), query, take);
}

void scan_facts(const Store::Connection& connection, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take) {
    const ReadScope scope(connection);
    SegmentScan packed(connection, query);
    Sequence next = 1;
    for (const auto& segment : list_segments(connection)) {
        if (next < segment.first) scan_rows(connection, query, next, segment.first - 1, take);
        packed.run(segment, take);
        next = segment.last + 1;
    }
    scan_rows(connection, query, next, INT64_MAX, take);
}

}  // namespace jobtally::store
