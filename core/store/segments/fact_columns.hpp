// Sets of columns, and batches as wholes.
#pragma once

#include "core/store/segments/fact_row.hpp"
#include "core/store/segments/facts.hpp"

namespace jobtally::store {

constexpr bool asks_for(FactColumns columns, FactColumn column) {
    return (columns & static_cast<FactColumns>(column)) != 0;
}

inline constexpr FactColumns all_fact_columns = 0x1ff;

// Calls `each` with every column vector of a batch.
template <class Batch, class Each>
void for_each_column(Batch& batch, Each each) {
    each(batch.sequence);
    each(batch.definition);
    each(batch.name);
    each(batch.type);
    each(batch.status_word);
    each(batch.status);
    each(batch.created_at);
    each(batch.updated_at);
    each(batch.received_at);
    each(batch.operations);
    each(batch.succeeded);
    each(batch.failed);
}

inline void clear(FactBatch& batch) {
    batch.size = 0;
    for_each_column(batch, [](auto& column) { column.clear(); });
}

// Puts the rows of `from`, which has the same columns, behind those of `to`.
void append(FactBatch& to, const FactBatch& from);
void append(FactBatch& to, const FactRow& row);
// Takes the rows [first, first + count) out of a batch.
void remove_rows(FactBatch& batch, std::size_t first, std::size_t count);

}  // namespace jobtally::store
