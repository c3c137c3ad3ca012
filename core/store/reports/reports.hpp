// Whole reports: read by id or place, written by the one rule of CONTRACT section 2.
#pragma once

#include "core/model/outcome.hpp"
#include "core/model/rejection.hpp"
#include "core/store/file/store.hpp"
#include "core/store/segments/facts.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

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
// Up to `limit` reports that arrived after `after`, in the order of arrival: a page of the whole
// store.
std::vector<StoredReport> read_page(const Store& store, Sequence after, std::size_t limit);

// How many rejected bodies are kept: the newest.
inline constexpr std::int64_t default_rejected_limit = 10'000;

// One write transaction under the write guard: begun by the constructor (which waits for other
// writers, up to `patience`, then throws StoreError::busy), rolled back by the destructor unless
// committed. commit() returns after the log is on disk (synchronous=FULL). The destructor of a
// committed transaction packs and checkpoints when enough has come together, still under the guard:
// answer those who wait before it runs.
class WriteTransaction {
  public:
    explicit WriteTransaction(Store& store,
                              std::chrono::milliseconds patience = std::chrono::seconds(60),
                              std::int64_t rejected_limit = default_rejected_limit);
    ~WriteTransaction();
    WriteTransaction(const WriteTransaction&) = delete;
    WriteTransaction& operator=(const WriteTransaction&) = delete;

    model::Outcome put(const model::JobReport& report, time::Instant received_at);
    // Deletes a report; false where there is none with this id.
    bool remove(std::string_view id);
    // `source` says where it came from: `http 127.0.0.1`, `reports.ndjson:12`.
    void reject(const model::Rejection& rejection, std::string_view source,
                time::Instant received_at);
    // How many rejected bodies went because newer ones came, beyond the limit; known after
    // commit().
    std::int64_t forgotten_rejections() const;
    // True when another writer waits for its turn: long work should commit now.
    bool someone_waits() const;
    void commit();

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

// Checkpoints the log and packs settled reports for fast scans, both under the write guard. Call it
// when there is nothing better to do and before a graceful end. It lets other writers in between,
// and waits for each of them up to `patience`, then throws StoreError::busy. A log that readers
// need is emptied another time.
void settle(Store& store, std::chrono::milliseconds patience = std::chrono::seconds(60));

}  // namespace jobtally::store
