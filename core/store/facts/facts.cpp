// One pass over each column, without branches, so that it takes no noticeable time compared with
// the unpacking.
#include "core/store/facts/facts.hpp"

#include "core/store/file/connection.hpp"
#include "core/store/file/sqlite_error.hpp"

#include <algorithm>

namespace jobtally::store {

namespace {

constexpr std::int64_t first_time = time::micros(time::earliest);
constexpr std::int64_t end_of_times = time::micros(time::end_of_time);

// True when all values that are known lie in [first, first + size).
bool all_within(const std::vector<std::int64_t>& values, std::int64_t first, std::uint64_t size) {
    bool is_good = true;
    for (const auto value : values) {
        const auto distance = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(first);
        is_good = is_good & ((distance < size) | (value == unknown_value));
    }
    return is_good;
}

bool all_keys(const std::vector<std::int32_t>& keys) {
    std::int32_t bits = 0;
    for (const auto key : keys) bits |= key;
    return bits >= 0;
}

}  // namespace

void require_plausible(const FactBatch& batch, const Store::Connection& connection) {
    bool is_good = true;
    for (const auto* keys :
         {&batch.definition, &batch.name, &batch.type, &batch.status_word, &batch.source}) {
        is_good = is_good && all_keys(*keys);
    }
    for (const auto* times :
         {&batch.created_at, &batch.updated_at, &batch.received_at, &batch.ended_at}) {
        is_good = is_good && all_within(*times, first_time,
                                        static_cast<std::uint64_t>(end_of_times - first_time));
    }
    for (const auto* times : {&batch.created_at, &batch.received_at, &batch.ended_at}) {
        is_good = is_good && std::find(times->begin(), times->end(), unknown_value) == times->end();
    }
    for (const auto* counts : {&batch.operations, &batch.succeeded, &batch.failed}) {
        is_good = is_good && all_within(*counts, 0, std::uint64_t{1} << 63);
    }
    if (is_good) return;
    throw_damaged(connection.path(), "it holds values that no report has");
}

}  // namespace jobtally::store
