// Keeps what the store can't take in the spool, and stores it from there when the store works
// again.
#pragma once

#include "core/ingest/reserve.hpp"
#include "core/ingest/spool.hpp"
#include "core/ingest/writer_store.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace jobtally::ingest {

// Without WriterOptions::spool nothing is kept.
class SpoolDuty {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit SpoolDuty(WriterStore& store)
        : m_store(store),
          m_spool(store.options().spool),
          m_first_note(store.options().first_note),
          m_due(m_spool ? Time::min() : Time::max()) {}

    // Puts the bodies of the receipts that have one into the spool, and sets Receipt::is_spooled
    // where the body is now on disk. A failure is reported to the hooks.
    void keep(std::span<Receipt* const> receipts);

    // Has a listener keep some room for the spool, and for the store.
    void reserve();

    Time due() const { return m_due; }
    // Stores some of the waiting bodies as if they came now, but with the time at which they were
    // received. A failure is reported to the hooks, and the work is tried again later.
    void run();
    // A listener ends: nothing more comes.
    void end();

  private:
    static constexpr std::size_t bodies_a_commit = 256;

    void keep_together(std::span<Receipt* const> receipts);
    void keep_one_by_one(std::span<Receipt* const> receipts);
    std::vector<std::string> waiting();
    bool is_unusable() const;
    std::optional<IoError> prepare();
    void follow();
    void note_lost();
    void pass_over(bool is_too_large);
    void require_sound_store();
    void leave_alone(const Error& problem);
    std::size_t store_piece(std::span<const std::string> names);
    void drop(const std::string& name);
    void tell_problems();

    WriterStore& m_store;
    std::optional<Spool> m_spool;
    std::string m_first_note;
    Reserve m_reserve;  // in the spool's folder
    Time m_due;
    std::size_t m_at_once = bodies_a_commit;
    std::vector<std::string> m_names;     // of the bodies to store next, oldest first
    std::set<std::string> m_undeletable;  // what is in the store, and still there
    std::vector<IoError> m_problems;      // with the files of this round
    std::size_t m_stored = 0;             // bodies, since the spool was last empty
    std::size_t m_waiting = 0;            // bodies, when it was last looked at or written to
    std::size_t m_lost = 0;               // bodies, which no rejection tells of yet
};

}  // namespace jobtally::ingest
