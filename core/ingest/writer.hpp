// The one thread that writes to the store: everything that waits goes into one transaction (group
// commit).
#pragma once

#include "core/base/error.hpp"
#include "core/ingest/delivery.hpp"
#include "core/store/reports.hpp"
#include "core/store/store.hpp"
#include "core/store/uptime.hpp"

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
    std::int64_t rejected_limit = store::default_rejected_limit;
    // When the store is settled: after this long without work, or this many rows.
    std::chrono::milliseconds settle_after = std::chrono::seconds(1);
    std::size_t rows_per_settle = 200'000;
    // The clock of a listener, whose uptime is recorded: from the first moment to finish(), a sign
    // of life each alive_every. Without a clock nothing is recorded.
    std::function<time::Instant()> clock{};
    std::chrono::milliseconds alive_every = store::alive_every;
};

// A store that fails fails the deliveries of that moment, never the thread: the next ones try
// again. Except after a failed sync, when nobody knows what the disk holds, and where the file was
// moved or deleted: then everything fails until the process has been restarted.
class Writer final : public DeliverySink {
  public:
    // Called in the writer thread for everything that goes wrong, and told whether the store is
    // lost; must be quick and must not throw.
    using Trouble = std::function<void(const Error&, bool has_lost_store)>;

    explicit Writer(store::Store store, WriterOptions options = {}, Trouble trouble = {});
    ~Writer() override;  // finish()

    // From any thread; never blocks. Not after finish().
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
    enum class Work { deliveries, settle, alive, end };

    void run();
    Work wait_for_work();
    std::optional<Item> take(std::chrono::milliseconds patience);
    void write_group();
    std::size_t put(store::WriteTransaction& transaction, Receipt& receipt);
    void fail(Items& group, const Error& error);
    void settle();
    bool alive_is_due() const;
    void record_uptime(Work work);
    void report(const Error& error);

    store::Store m_store;
    const WriterOptions m_options;
    const Trouble m_trouble;
    std::atomic<bool> m_has_lost_store = false;
    std::size_t m_unsettled_rows = 0;  // since the last settle(), a commit counting as some
    std::optional<store::UptimeKey> m_uptime;
    std::chrono::steady_clock::time_point m_next_alive;

    std::mutex m_mutex;
    std::condition_variable m_has_work;
    std::deque<Item> m_waiting;
    bool m_is_finishing = false;
    std::thread m_thread;
};

}  // namespace jobtally::ingest
