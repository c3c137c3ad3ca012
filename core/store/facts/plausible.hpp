// Damage that SQLite does not see: values that no report can have.
#pragma once

#include "core/store/facts/facts.hpp"
#include "core/store/file/store.hpp"

namespace jobtally::store {

// Throws StoreError::corrupt where the batch has a negative key or count, or a time outside of the
// years 0001 to 9999. Queries calculate with what passes, and use keys as places in their tables.
void require_plausible(const FactBatch& batch, const Store::Connection& connection);

// A key as the store has it; -1, which is never one, for what no key can be.
constexpr std::int32_t key_of(std::int64_t value) {
    return value >= 0 && value <= INT32_MAX ? static_cast<std::int32_t>(value) : -1;
}

}  // namespace jobtally::store
