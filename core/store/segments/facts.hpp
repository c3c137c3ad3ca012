// Facts: what the queries count, column by column, without the texts of a report.
#pragma once

#include "core/model/report.hpp"
#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace jobtally::store {

// A report's place in the order of arrival; a report that replaces another gets a new one. 1, 2,
// ...; never used again.
using Sequence = std::int64_t;
// Keys of texts in the store's dictionary and of its definitions. 0: unknown.
using WordKey = std::int32_t;
using DefinitionKey = std::int32_t;

inline constexpr std::int64_t unknown_value = INT64_MIN;  // in times and counts

// Which of a report's times counts.
enum class At : std::uint8_t { created, updated, received };

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
};
using FactColumns = std::uint16_t;
constexpr FactColumns operator|(FactColumn a, FactColumn b) {
    return static_cast<FactColumns>(static_cast<FactColumns>(a) | static_cast<FactColumns>(b));
}
constexpr FactColumns operator|(FactColumns a, FactColumn b) {
    return static_cast<FactColumns>(a | static_cast<FactColumns>(b));
}

// Some reports, a value a report in each column asked for. Times are microseconds UTC;
// unknown_value where a report has none.
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
};

struct FactQuery {
    FactColumns columns = 0;
    time::TimeSpan span;  // of the time named by `at`; a report without that time is outside of any
                          // bounded span
    At at = At::created;
};

// Hands all reports of the span to `take`, batch by batch, in no promised order; every report once,
// all of one state of the store. The batch is the caller's only during the call. `take` runs in the
// calling thread.
void scan_facts(const Store& store, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take);
// The same for the other files of this folder; within an open transaction it sees what that wrote.
void scan_facts(const Store::Connection& connection, const FactQuery& query,
                const std::function<void(const FactBatch&)>& take);

}  // namespace jobtally::store
