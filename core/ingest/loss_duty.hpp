// Requests that were answered 503 and kept nowhere: how many is noted beside the store at once, or
// in the spool, and in the store, as a rejected body that mails tell, when it takes one.
#pragma once

#include "core/ingest/writer_store.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>

namespace jobtally::ingest {

class LossDuty {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit LossDuty(WriterStore& store);

    // Counts one more; from any thread.
    void count() noexcept;
    // At first at once: what was noted by a process that is gone is told by this one.
    Time due() const { return m_has_some ? m_due : Time::max(); }
    // To be called when the store takes something: it may take the row, too.
    void try_now() { m_due = Time::min(); }
    // Writes the row. Where that fails the duty is tried again.
    void run();
    // Does so at the end, and tells what nobody else will.
    void end();

  private:
    void write_row();

    WriterStore& m_store;
    std::filesystem::path m_aside;  // in the spool: noted there where the store's place is not
    std::atomic<bool> m_has_some = true;
    std::atomic<std::int64_t> m_unnoted = 0;  // what could not be noted beside the store
    std::int64_t m_told = 0;                  // is noted still, but has its row
    Time m_due = Time::min();
};

}  // namespace jobtally::ingest
