// The tally of ingested reports as a table: `read stored updated unchanged stale rejected`.
#pragma once

#include "core/model/outcome.hpp"
#include "core/table/result_table.hpp"

namespace jobtally::cli {

inline table::ResultTable tally_table(const model::Tally& tally) {
    table::ResultTable table;
    for (const char* key : {"read", "stored", "updated", "unchanged", "stale", "rejected"}) {
        table.columns.push_back({key, key});
    }
    table.rows = {
        {tally.read(), tally.stored, tally.updated, tally.unchanged, tally.stale, tally.rejected}};
    return table;
}

}  // namespace jobtally::cli
