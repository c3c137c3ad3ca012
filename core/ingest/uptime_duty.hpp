// Records when a listener is up: its beginning, signs of life, its end.
#pragma once

#include "core/ingest/writer_store.hpp"

#include <atomic>
#include <chrono>
#include <optional>

namespace jobtally::ingest {

// Without WriterOptions::clock nothing is recorded. A process that stood still, or its machine, was
// not up meanwhile, so it begins again; nor was one whose clock leaps, as that of a virtual machine
// that was paused. While the store took nothing but the spool worked, it was up.
class UptimeDuty {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit UptimeDuty(WriterStore& store)
        : m_store(store), m_due(store.options().clock ? Time::min() : Time::max()) {}

    // Whether senders reach this process; nothing is recorded before, nor while they don't. From
    // any thread.
    void count_as_up(bool is_up) { m_is_up = is_up; }
    // At once where the store was opened anew: what was begun may stand in another file.
    Time due() const {
        if (!m_is_up) return Time::max();
        const bool is_new_store = m_due != Time::max() && m_opening != m_store.openings();
        return is_new_store ? Time::min() : m_due;
    }
    // Records the beginning, then signs of life. A sign is left out while another process writes:
    // it must not keep deliveries waiting. A failure is reported to the hooks.
    void run() { record(Entry::sign); }
    void end() { record(Entry::end); }
    // Records a sign of life to prove that a commit works, and waits for other writers as long as a
    // delivery does. Throws what the store throws.
    void prove();

  private:
    enum class Entry { sign, proof, end };

    void record(Entry entry);
    void note_failure() noexcept;
    // Since the last entry: what the clock has shown to go by, and how long the machine ran.
    bool went_on_without_us(time::Duration shown, time::Duration ran);
    // Where nothing was begun yet in the store that is open, that is done instead.
    void write(Entry entry);
    void write(Entry entry, store::Store& store, time::Instant at) const;

    WriterStore& m_store;
    std::atomic<bool> m_is_up = false;
    std::optional<store::UptimeKey> m_span;
    std::size_t m_opening = 0;  // WriterStore::openings() at the last entry
    Time m_due;
    std::optional<time::Instant> m_shown;     // by the clock at the last entry
    std::optional<time::Duration> m_running;  // since the machine was started, at the last entry
    time::Duration m_put_back{};              // the clock, since it last leapt
    time::Instant m_up_since = time::end_of_time;  // what is not recorded yet
};

}  // namespace jobtally::ingest
