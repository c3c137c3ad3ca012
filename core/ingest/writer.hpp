// The one thread that writes to the store: everything that waits goes into one transaction (group
// commit).
#pragma once

#include "core/ingest/delivery.hpp"
#include "core/ingest/loss_duty.hpp"
#include "core/ingest/spool_duty.hpp"
#include "core/ingest/uptime_duty.hpp"
#include "core/ingest/writer_options.hpp"
#include "core/ingest/writer_store.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace jobtally::ingest {

// When the store fails, the deliveries of that moment fail or go to the spool, but the thread goes
// on and the next ones try again. When the store is lost (see WriterStore), every delivery fails
// until the process has been restarted.
class Writer final : public DeliverySink {
  public:
    // Called in the writer thread: where there is no store yet, and again after it was found
    // damaged.
    using Opener = WriterStore::Opener;

    // Without a store there must be an opener.
    explicit Writer(std::optional<store::Store> store, WriterOptions options = {},
                    WriterHooks hooks = {}, Opener open = {});
    ~Writer() override;  // finish()

    // Whether senders reach this process: a listener is not up before. From any thread.
    void count_as_up(bool is_up);
    // May be called from any thread, but not after finish(); never blocks. An empty delivery asks
    // whether a commit works: where the uptime is recorded, it is answered after a commit.
    void submit(Delivery delivery, std::function<void(Receipt)> done) override;
    // Counts a request that was answered 503 and kept nowhere, for the next mail; from any thread.
    void count_loss() noexcept { m_losses.count(); }
    // Writes what waits, settles the store, ends the thread. May be called twice.
    void finish();
    // True when the process should end with an error, so that it is started afresh. From any
    // thread.
    bool has_lost_store() const { return m_store.is_lost(); }
    // True where something waits, and nothing was handed back for so long; and where the store has
    // had no memory for minutes. From any thread.
    bool is_stuck(std::chrono::steady_clock::duration patience) const {
        return std::chrono::steady_clock::now() - patience > m_busy_since.load() ||
               m_store.lacks_memory_for_long();
    }

  private:
    struct Item {
        Receipt receipt;  // with its delivery
        std::function<void(Receipt)> done;
    };
    using Items = std::list<Item>;  // moving one on takes no memory
    using Time = std::chrono::steady_clock::time_point;
    // What the thread wakes up for: deliveries; a rest that was long enough for settling; another
    // duty that is due; finish().
    enum class Wake { deliveries, rest, duty, finish };

    void run();
    void finish_duties();
    Wake wait_for_work();
    void work();
    static std::vector<Receipt*> receipts_of(Items& items, Items::iterator first);
    std::vector<Receipt*> take(Items& group, std::chrono::milliseconds patience, std::size_t rows);
    void write_group(Items& group, bool is_last_try);
    void store(Items& group);
    void answer(Items& group);
    void answer_unread(Item& item);
    std::optional<Error> prove();
    void fail(Items& group, const std::exception& problem);
    void hand_back(Item& item);
    void give_up_group() noexcept;

    const WriterOptions m_options;
    const WriterHooks m_hooks;
    WriterStore m_store;
    UptimeDuty m_uptime;
    SpoolDuty m_spool;
    LossDuty m_losses;
    Time m_look_at;
    Time m_rested_at;  // when the last work is so long ago that the store is settled

    std::mutex m_mutex;
    std::condition_variable m_has_work;
    Items m_waiting;
    bool m_is_finishing = false;
    bool m_is_called = false;                      // there is something due that was not
    Items m_group;                                 // under way
    std::atomic<Time> m_busy_since = Time::max();  // or has handed the last one back
    std::thread m_thread;
};

}  // namespace jobtally::ingest
