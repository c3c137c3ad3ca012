// The rejected bodies: what was sent and could not be accepted.
#pragma once

#include "core/store/file/store.hpp"
#include "core/store/reports/reports.hpp"  // default_rejected_limit
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace jobtally::store {

struct RejectedBody {
    std::int64_t rejected_id = 0;  // counts up, never used again
    time::Instant received_at;
    std::string source;
    std::string reason;
    std::string body;  // any bytes
};

// Newest last; `limit` 0: all.
std::vector<RejectedBody> list_rejected(const Store& store, std::size_t limit);
std::optional<RejectedBody> find_rejected(const Store& store, std::int64_t rejected_id);
std::int64_t count_rejected(const Store& store);
// Those that were received within the span.
std::int64_t count_rejected(const Store& store, const time::TimeSpan& span);
// Deletes the named ones (write guard); returns how many there were.
std::int64_t drop_rejected(Store& store, const std::vector<std::int64_t>& rejected_ids);

}  // namespace jobtally::store
