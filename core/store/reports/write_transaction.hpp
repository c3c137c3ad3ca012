// Writing reports, and the rule for two reports with one id.
#pragma once

#include "core/model/outcome.hpp"
#include "core/model/report.hpp"
#include "core/store/file/store.hpp"
#include "core/store/reports/rejected.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace jobtally::store {

class WriterMemory;

// A report that came in, and whence; it belongs to others.
struct Arrival {
    const model::JobReport* report;
    time::Instant received_at;
    std::string_view source;  // empty: nobody knows
};

// One write transaction under the write guard: begun by the constructor (which waits for other
// writers, up to `patience`, then throws StoreError::busy), rolled back by the destructor unless
// committed. commit() returns after the log is on disk (synchronous=FULL). The destructor of a
// committed transaction checkpoints when the log has grown long, still under the guard, so answer
// waiting senders before it runs.
class WriteTransaction {
  public:
    explicit WriteTransaction(Store& store,
                              std::chrono::milliseconds patience = std::chrono::seconds(60),
                              std::int64_t rejected_limit = default_rejected_limit);
    ~WriteTransaction();
    WriteTransaction(const WriteTransaction&) = delete;
    WriteTransaction& operator=(const WriteTransaction&) = delete;

    // Stores a report, or lets it replace the one with its id, as jobtally-report(5) describes it
    // under "Two reports with one id". `source` says whence it came (empty: nobody knows); one that
    // replaces another keeps that one's source.
    model::Outcome put(const model::JobReport& report, time::Instant received_at,
                       std::string_view source = {});
    // Does the same with many, in their order; returns an outcome for each.
    std::vector<model::Outcome> put(std::span<const Arrival> arrivals);
    // Deletes a report; false where there is none with this id.
    bool remove(std::string_view id);
    // `place` says where it came in: `http 127.0.0.1`, `reports.ndjson:12`; `sender` is what put()
    // has as the source of a report.
    void reject(const model::Rejection& rejection, std::string_view place,
                time::Instant received_at, std::string_view sender = {});
    WriterMemory& memory();  // of the store's connection; for put_back() and the notes
    // How many rejected bodies beyond the limit were deleted because newer ones came; known after
    // commit().
    std::int64_t forgotten_rejections() const;
    // True when another writer waits for its turn: long work should commit now.
    bool someone_waits() const;
    void commit();

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace jobtally::store
