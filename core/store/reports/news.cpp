#include "core/store/reports/news.hpp"

#include "core/store/file/connection.hpp"

namespace jobtally::store {

Sequence last_sequence(const Store& store) {
    return store.connection().query_integer("SELECT max(sequence) FROM report");
}

std::int64_t data_version(const Store& store) {
    return store.connection().query_integer("PRAGMA data_version");
}

bool sees_changes(const Store& store) {
    return !store.connection().is_frozen();
}

}  // namespace jobtally::store
