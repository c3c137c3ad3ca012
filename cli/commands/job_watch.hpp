// The jobs' part of /metrics: computed beside the listener, never in its way.
#pragma once

#include "cli/options/globals.hpp"
#include "core/store/file/store.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace jobtally::cli {

// A thread with a connection of its own, which only reads: no writer waits for it. It computes when
// it starts, and again after each time that it was asked, if something may have changed since; no
// more than a twentieth of the time. The end of the listener does not wait for what it computes.
class JobWatch {
  public:
    explicit JobWatch(const Globals& globals);
    ~JobWatch();
    JobWatch(const JobWatch&) = delete;
    JobWatch& operator=(const JobWatch&) = delete;

    // What was computed last: empty before the first time, and where the store can't be read. Never
    // null. From any thread, at once.
    std::shared_ptr<const std::string> text();
    // Has the store closed until it is asked again, so that it can be opened to write where a file
    // without a log was put in its place. From any thread, at once.
    void let_go();

  private:
    void run();
    void compute();

    const Globals& m_globals;
    std::optional<store::Store> m_store;  // in the thread alone, like what follows
    std::int64_t m_version = 0;           // of the store, when it was read
    std::chrono::steady_clock::time_point m_computed;
    std::mutex m_mutex;
    std::condition_variable m_wakes;
    std::atomic<bool> m_is_stopping = false;
    bool m_is_asked = true;  // guarded by m_mutex, like what follows
    bool m_lets_go = false;
    const std::shared_ptr<const std::string> m_nothing = std::make_shared<const std::string>();
    std::shared_ptr<const std::string> m_text = m_nothing;
    std::thread m_thread;  // last: it uses the others
};

}  // namespace jobtally::cli
