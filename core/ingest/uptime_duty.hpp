// Records when a listener is up: its beginning, signs of life, its end.
#pragma once

#include "core/ingest/writer_store.hpp"

#include <chrono>
#include <optional>

namespace jobtally::ingest {

// Without WriterOptions::clock nothing is recorded. A process that stood still, or its machine, was
// not up meanwhile, so it begins again.
class UptimeDuty {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit UptimeDuty(WriterStore& store)
        : m_store(store), m_due(store.options().clock ? Time::min() : Time::max()) {}

    // At once where the store was opened anew: what was begun may stand in another file.
    Time due() const {
        const bool is_new_store = m_due != Time::max() && m_opening != m_store.openings();
        return is_new_store ? Time::min() : m_due;
    }
    // Records the beginning, then signs of life. A sign is left out while another process writes:
    // it must not keep deliveries waiting. A failure is reported to the hooks.
    void run() { record(Entry::sign); }
    void end() { record(Entry::end); }
    // Records a sign of life to prove that a commit works, and waits for other writers as long as a
    // delivery does. Throws what the store throws.
    void prove() { write(Entry::proof); }

  private:
    enum class Entry { sign, proof, end };

    void record(Entry entry);
    // Where nothing was begun yet in the store that is open, that is done instead.
    void write(Entry entry);
    void write(Entry entry, store::Store& store, time::Instant at) const;

    WriterStore& m_store;
    std::optional<store::UptimeKey> m_span;
    std::size_t m_opening = 0;  // WriterStore::openings() at the last entry
    Time m_due;
    time::Instant m_shown = time::earliest;  // by the clock at the last entry
    std::chrono::nanoseconds m_running{};    // since the machine was started, at the last entry
};

}  // namespace jobtally::ingest
