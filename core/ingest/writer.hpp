// The one thread that writes to the store: everything that waits goes into one transaction (group
// commit).
#pragma once

#include "core/base/error.hpp"
#include "core/ingest/delivery.hpp"
#include "core/ingest/spool.hpp"
#include "core/store/file/store.hpp"
#include "core/store/reports/rejected.hpp"
#include "core/store/reports/settle.hpp"
#include "core/store/reports/write_transaction.hpp"
#include "core/store/upkeep/uptime.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace jobtally::ingest {

struct WriterOptions {
    // A transaction ends when it holds this many, when nothing waits any more, or when another
    // process wants to write.
    std::size_t rows_per_commit = 16 << 10;
    std::chrono::milliseconds patience = std::chrono::seconds(60);  // with other writers
    // Where bodies go that the store can't take. What waits there is stored when the writer starts
    // and whenever the store works again.
    std::optional<Spool> spool{};
    std::int64_t rejected_limit = store::default_rejected_limit;
    // When the store is settled: after this long without work, or this many rows.
    std::chrono::milliseconds settle_after = std::chrono::seconds(1);
    std::chrono::milliseconds settle_patience = std::chrono::seconds(60);
    std::size_t rows_per_settle = 200'000;
    // The clock of a listener, whose uptime is recorded: from the first moment to finish(), a sign
    // of life each alive_every. Without a clock nothing is recorded.
    std::function<time::Instant()> clock{};
    std::chrono::milliseconds alive_every = store::alive_every;
};

// What goes wrong: storing; packing and checkpoints; the spool.
enum class Failing { store, upkeep, spool };

// All are called in the writer thread, must be quick and must not throw; empty ones are not called.
struct WriterHooks {
    // What is tried again and again is told once, until it works or fails in another way.
    std::function<void(const Error&, Failing)> trouble{};
    std::function<void()> store_works_again{};
    // The process should end with an error, so that it is started afresh. Once, after trouble().
    std::function<void()> store_is_lost{};
    // So many bodies came from the spool into the store.
    std::function<void(std::size_t)> from_spool{};
    // So many rejected bodies were pushed out of the store by newer ones.
    std::function<void(std::int64_t)> forgotten{};
};

// A store that fails fails the deliveries of that moment (or sends them to the spool), never the
// thread: the next ones try again. Except after a failed sync, when nobody knows what the disk
// holds, and where the file was moved or deleted: then the store is not touched again until the
// process has been restarted.
class Writer final : public DeliverySink {
  public:
    // Opens the store in the writer thread: where there is none yet, and again after it was found
    // damaged.
    using Opener = std::function<store::Store()>;

    // Without a store there must be an opener.
    explicit Writer(std::optional<store::Store> store, WriterOptions options = {},
                    WriterHooks hooks = {}, Opener open = {});
    ~Writer() override;  // finish()

    // From any thread; never blocks. Not after finish(). An empty delivery asks whether a commit
    // works: where the uptime is recorded, its answer comes after one.
    void submit(Delivery delivery, std::function<void(Receipt)> done) override;
    // Writes what waits, settles the store, ends the thread. May be called twice.
    void finish();
    // End the process with an error, so that it is started afresh. From any
    // thread.
    bool has_lost_store() const { return m_has_lost_store; }

  private:
    struct Item {
        Receipt receipt;  // with its delivery
        std::function<void(Receipt)> done;
    };
    using Items = std::vector<Item>;
    enum class Work { deliveries, settle, alive, spool, end };
    // What a commit adds to the log besides its rows, counted in rows.
    static constexpr std::size_t rows_a_commit = 8;
    using Time = std::chrono::steady_clock::time_point;
    struct Duty {
        Work work = Work::end;
        Time due = Time::max();
    };

    void run();
    Work wait_for_work();
    Duty next_duty() const;
    store::Store& opened_store();
    std::optional<Item> take(std::chrono::milliseconds patience);
    void write_group();
    std::chrono::milliseconds patience_with_others() const;
    void commit(store::WriteTransaction& transaction, std::size_t rows);
    std::size_t put(store::WriteTransaction& transaction, Receipt& receipt);
    void answer(Items& group);
    void probe(Items& probes);
    void fail(Items& group, const Error& error);
    void keep_in_spool(Items& group);
    void take_from_spool();
    std::ptrdiff_t piece_of_spool() const;
    std::size_t take_piece_of_spool();
    void settle();
    bool is_due(Time time) const { return std::chrono::steady_clock::now() >= time; }
    void record_uptime(Work work);
    void write_uptime(Work work);
    static bool is_busy(const std::exception& problem);  // another process holds the store
    Error learn_from(const std::exception& problem);
    void report(const Error& error, Failing failing);
    void works(Failing failing);

    const Opener m_open;
    std::optional<store::Store> m_store;
    WriterOptions m_options;
    const WriterHooks m_hooks;
    std::atomic<bool> m_has_lost_store = false;
    std::size_t m_unsettled_rows = 0;  // since the last settle(), a commit counting as some
    std::optional<store::UptimeKey> m_uptime;
    Time m_next_alive = Time::max();
    Time m_next_settle = Time::max();
    Time m_next_spool = Time::max();     // while something waits there
    std::vector<std::string> m_spooled;  // its names that are next, oldest first
    std::size_t m_from_spool = 0;        // taken since it was last empty
    bool m_is_locked_out = false;        // the last group waited for another writer in vain
    bool m_told_loss = false;
    std::array<std::string, 3> m_told;  // the last trouble with each Failing that still fails

    std::mutex m_mutex;
    std::condition_variable m_has_work;
    std::deque<Item> m_waiting;
    bool m_is_finishing = false;
    std::thread m_thread;
};

}  // namespace jobtally::ingest
