// Facts: what queries count, column by column, without the texts of a report; and how they are read
// from the table `report`, row by row: the truth, and everything that is not packed.
#pragma once

#include "core/model/report.hpp"
#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace jobtally::store {

// A report's place in the order of arrival: 1, 2, ... A report that replaces another gets a new
// one, and none is used twice.
using Sequence = std::int64_t;
// Keys of texts in the store's dictionary and of its definitions. 0: unknown.
using WordKey = std::int32_t;
using DefinitionKey = std::int32_t;

inline constexpr std::int64_t unknown_value = INT64_MIN;  // in times and counts

// Which of a report's times counts. `updated` is the end of a finished job: updated_at, or
// created_at where that is unknown.
enum class WhichTime : std::uint8_t { created, updated, received };

// The columns a query asks for; the others of a batch are empty.
enum class FactColumn : std::uint16_t {
    sequence = 1 << 0,
    definition = 1 << 1,
    name = 1 << 2,
    type = 1 << 3,
    status = 1 << 4,
    created_at = 1 << 5,
    updated_at = 1 << 6,
    received_at = 1 << 7,
    operations = 1 << 8,  // all three counts
    ended_at = 1 << 9,    // made of two others: see WhichTime::updated
    source = 1 << 10,
};
using FactColumns = std::uint16_t;
inline constexpr FactColumns all_fact_columns = 0x5ff;  // that are kept

constexpr FactColumns operator|(FactColumn a, FactColumn b) {
    return static_cast<FactColumns>(static_cast<FactColumns>(a) | static_cast<FactColumns>(b));
}
constexpr FactColumns operator|(FactColumns a, FactColumn b) {
    return static_cast<FactColumns>(a | static_cast<FactColumns>(b));
}
constexpr bool asks_for(FactColumns columns, FactColumn column) {
    return (columns & static_cast<FactColumns>(column)) != 0;
}
constexpr FactColumn column_of(WhichTime at) {
    if (at == WhichTime::updated) return FactColumn::ended_at;
    return at == WhichTime::received ? FactColumn::received_at : FactColumn::created_at;
}

struct FactQuery {
    FactColumns columns = 0;
    time::TimeSpan span;  // of the time named by `at`
    WhichTime at = WhichTime::created;
};

// A row without its texts. Keys are 0 and values unknown_value where the report has none.
struct FactRow {
    Sequence sequence = 0;
    DefinitionKey definition = 0;
    WordKey name = 0;
    WordKey type = 0;
    WordKey status = 0;
    WordKey source = 0;  // whence it came first
    std::int64_t created_at = 0;
    std::int64_t updated_at = unknown_value;
    std::int64_t received_at = 0;
    std::int64_t operations = unknown_value;
    std::int64_t succeeded = unknown_value;
    std::int64_t failed = unknown_value;
};

// Some reports: each column that was asked for holds one value for each report. Times are
// microseconds UTC; unknown_value where a report has none.
struct FactBatch {
    std::size_t size = 0;
    std::vector<Sequence> sequence;
    std::vector<DefinitionKey> definition;
    std::vector<WordKey> name;  // of the definition, in this report
    std::vector<WordKey> type;
    std::vector<WordKey> status_word;  // the status to the letter
    std::vector<model::Status> status;
    std::vector<std::int64_t> created_at;
    std::vector<std::int64_t> updated_at;
    std::vector<std::int64_t> received_at;
    std::vector<std::int64_t> operations;
    std::vector<std::int64_t> succeeded;
    std::vector<std::int64_t> failed;
    std::vector<std::int64_t> ended_at;
    std::vector<WordKey> source;

    bool operator==(const FactBatch&) const = default;
};

// Calls `each` once for each column, with that column of every batch.
template <class Each, class... Batches>
void for_each_column(Each each, Batches&... batches) {
    each(batches.sequence...);
    each(batches.definition...);
    each(batches.name...);
    each(batches.type...);
    each(batches.status_word...);
    each(batches.status...);
    each(batches.created_at...);
    each(batches.updated_at...);
    each(batches.received_at...);
    each(batches.operations...);
    each(batches.succeeded...);
    each(batches.failed...);
    each(batches.ended_at...);
    each(batches.source...);
}

inline const std::vector<std::int64_t>& times_of(const FactBatch& batch, WhichTime at) {
    if (at == WhichTime::updated) return batch.ended_at;
    return at == WhichTime::received ? batch.received_at : batch.created_at;
}

inline void clear(FactBatch& batch) {
    batch.size = 0;
    for_each_column([](auto& column) { column.clear(); }, batch);
}

// The words that the schema puts into every dictionary first.
inline constexpr WordKey word_success = 1;
inline constexpr WordKey word_failure = 2;
inline constexpr WordKey word_running = 3;

constexpr model::Status status_of_word(WordKey word) {
    switch (word) {
        case word_success:
            return model::Status::success;
        case word_failure:
            return model::Status::failure;
        case word_running:
            return model::Status::running;
        default:
            return model::Status::other;
    }
}

// Throws StoreError::corrupt where the batch has a negative key or count, a time outside of the
// years 0001 to 9999, or an unknown time other than updated_at. Queries calculate with what passes,
// and use keys as places in their tables.
void require_plausible(const FactBatch& batch, const Store::Connection& connection);

// A value of the store as a key; -1, which is never a key, if the value is out of range.
constexpr std::int32_t key_of(std::int64_t value) {
    return value >= 0 && value <= INT32_MAX ? static_cast<std::int32_t>(value) : -1;
}

// Hands on the reports of the query with first <= sequence <= last, in the order of their sequence,
// in batches of some thousands. Throws StoreError::corrupt for values that no report has. The
// caller holds the read transaction.
void scan_rows(const Store::Connection& connection, const FactQuery& query, Sequence first,
               Sequence last, const std::function<void(const FactBatch&)>& take);

// All columns of the reports with first <= sequence <= last, as one batch.
FactBatch read_rows(const Store::Connection& connection, Sequence first, Sequence last);

}  // namespace jobtally::store
