// Batches as wholes: putting together and taking apart.
#include "core/store/segments/fact_columns.hpp"

namespace jobtally::store {

void append(FactBatch& to, const FactBatch& from) {
    const auto join = [](auto& a, const auto& b) { a.insert(a.end(), b.begin(), b.end()); };
    join(to.sequence, from.sequence);
    join(to.definition, from.definition);
    join(to.name, from.name);
    join(to.type, from.type);
    join(to.status_word, from.status_word);
    join(to.status, from.status);
    join(to.created_at, from.created_at);
    join(to.updated_at, from.updated_at);
    join(to.received_at, from.received_at);
    join(to.operations, from.operations);
    join(to.succeeded, from.succeeded);
    join(to.failed, from.failed);
    to.size += from.size;
}

void append(FactBatch& to, const FactRow& row) {
    to.sequence.push_back(row.sequence);
    to.definition.push_back(row.definition);
    to.name.push_back(row.name);
    to.type.push_back(row.type);
    to.status_word.push_back(row.status);
    to.status.push_back(status_of_word(row.status));
    to.created_at.push_back(row.created_at);
    to.updated_at.push_back(row.updated_at);
    to.received_at.push_back(row.received_at);
    to.operations.push_back(row.operations);
    to.succeeded.push_back(row.succeeded);
    to.failed.push_back(row.failed);
    ++to.size;
}

void remove_rows(FactBatch& batch, std::size_t first, std::size_t count) {
    for_each_column(batch, [&](auto& column) {
        const auto begin = column.begin() + static_cast<std::ptrdiff_t>(first);
        column.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
    });
    batch.size -= count;
}

}  // namespace jobtally::store
