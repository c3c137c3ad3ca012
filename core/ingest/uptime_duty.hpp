// Records when a listener is up: its beginning, signs of life, its end.
#pragma once

#include "core/ingest/writer_store.hpp"

#include <chrono>
#include <optional>

namespace jobtally::ingest {

// Without WriterOptions::clock nothing is recorded.
class UptimeDuty {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit UptimeDuty(WriterStore& store)
        : m_store(store), m_due(store.options().clock ? Time::min() : Time::max()) {}

    Time due() const { return m_due; }
    // Records the beginning, then signs of life. A sign is left out while another process writes:
    // it must not keep deliveries waiting. A failure is reported to the hooks.
    void run() { record(m_span ? Entry::sign : Entry::beginning); }
    void end() { record(m_span ? Entry::end : Entry::beginning); }
    // Records a sign of life to prove that a commit works, and waits for other writers as long as a
    // delivery does. Throws what the store throws.
    void prove() { write(m_span ? Entry::proof : Entry::beginning); }

  private:
    enum class Entry { beginning, sign, proof, end };

    void record(Entry entry);
    void write(Entry entry);

    WriterStore& m_store;
    std::optional<store::UptimeKey> m_span;
    Time m_due;
};

}  // namespace jobtally::ingest
