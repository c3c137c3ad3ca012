// What kind of trouble an exception tells of.
#pragma once

#include "core/store/file/store.hpp"

#include <exception>
#include <new>

namespace jobtally::ingest {

inline bool is_of_kind(store::StoreError::Kind kind, const std::exception& problem) {
    const auto* error = dynamic_cast<const store::StoreError*>(&problem);
    return error && error->kind() == kind;
}

// True where another process holds the store.
inline bool is_busy(const std::exception& problem) {
    return is_of_kind(store::StoreError::Kind::busy, problem);
}

// True where the store's disk has no room for what was to be written.
inline bool is_full(const std::exception& problem) {
    return is_of_kind(store::StoreError::Kind::full, problem);
}

inline bool lacks_memory(const std::exception& problem) {
    return dynamic_cast<const std::bad_alloc*>(&problem) != nullptr;
}

}  // namespace jobtally::ingest
