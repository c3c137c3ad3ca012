// The table `rejected`: what was sent and could not be accepted.
#pragma once

#include "core/model/outcome.hpp"
#include "core/store/file/last_word.hpp"
#include "core/store/file/store.hpp"
#include "core/time/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobtally::store {

// How many rejected bodies are kept: the newest.
inline constexpr std::int64_t default_rejected_limit = 10'000;

struct RejectedBody {
    std::int64_t rejected_id = 0;  // counts up, never used again
    time::Instant received_at;
    std::string source;  // the place it came in: `http 127.0.0.1`
    std::string reason;
    std::string body;    // any bytes
    std::string sender;  // what its reports have as their source; empty: unknown
};

// Newest last; `limit` 0: all.
std::vector<RejectedBody> list_rejected(const Store& store, std::size_t limit);
std::vector<std::int64_t> list_rejected_ids(const Store& store, std::size_t limit);
std::optional<RejectedBody> find_rejected(const Store& store, std::int64_t rejected_id);
std::int64_t count_rejected(const Store& store);
// Those that were received within the span.
struct RejectedCount {
    std::int64_t kept = 0;
    std::int64_t count = 0;  // with those that RejectedTable::trim() has deleted:
    bool is_exact = true;    // else there may be more
};
RejectedCount count_rejected(const Store& store, const time::TimeSpan& span);
// Deletes the named ones, some in each transaction (write guard), so that other writers come in
// between; returns how many there were.
std::int64_t drop_rejected(Store& store, const std::vector<std::int64_t>& rejected_ids);

// The part of a write transaction that adds rejected bodies and keeps only the newest.
class RejectedTable {
  public:
    RejectedTable(const Store::Connection& connection, std::int64_t limit)
        : m_connection(connection), m_limit(limit) {}

    void add(const model::Rejection& rejection, std::string_view place, time::Instant received_at,
             std::string_view sender);
    // Deletes the oldest beyond the limit, if any was added; call before the commit. When the
    // newest of these was received stands in the table `state` as `rejected_forgotten_at`.
    void trim();
    // How many trim() has deleted.
    std::int64_t forgotten() const { return m_forgotten; }

  private:
    void drop_oldest(std::int64_t excess, const std::string& where);

    const Store::Connection& m_connection;
    std::int64_t m_limit;
    std::int64_t m_added = 0;  // since the last trim
    std::int64_t m_forgotten = 0;
};

}  // namespace jobtally::store
