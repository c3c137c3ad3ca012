// Whole reports: read by id or place, written by the one rule of CONTRACT section 2.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/model/outcome.hpp"
#include "core/store/facts.hpp"
#include "core/store/store.hpp"
#include "core/model/rejection.hpp"

namespace jobtally::store {

struct StoredReport {
    Sequence sequence = 0;
    time::Instant received_at;
    model::JobReport report;
};

std::optional<StoredReport> find_report(const Store& store, std::string_view id);
// In the order of `sequences`; those that are not there any more are left out.
std::vector<StoredReport> read_reports(const Store& store, std::span<const Sequence> sequences);
// The ids alone; empty for those that are not there.
std::vector<std::string> read_ids(const Store& store, std::span<const Sequence> sequences);
// Up to `limit` reports that arrived after `after`, in the order of arrival: a page of the whole store.
std::vector<StoredReport> read_page(const Store& store, Sequence after, std::size_t limit);

// One write transaction under the write guard: begun by the constructor (which waits for other writers,
// up to `patience`, then throws StoreError::busy), rolled back by the destructor unless committed. commit() returns after the
// log is on disk (synchronous=FULL).
class WriteTransaction {
  public:
    explicit WriteTransaction(Store& store, std::chrono::milliseconds patience = std::chrono::seconds(60));
    ~WriteTransaction();
    WriteTransaction(const WriteTransaction&) = delete;
    WriteTransaction& operator=(const WriteTransaction&) = delete;

    model::Outcome put(const model::JobReport& report, time::Instant received_at);
    // `source` says where it came from: `http 127.0.0.1`, `reports.ndjson:12`.
    void reject(const model::Rejection& rejection, std::string_view source, time::Instant received_at);
    // True when another writer waits for its turn: long work should commit now.
    bool someone_waits() const;
    void commit();

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

// Checkpoints the log and packs settled reports for fast scans, both under the write guard. Call it when
// there is nothing better to do and before a graceful end.
void settle(Store& store);

}  // namespace jobtally::store
