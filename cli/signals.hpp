// SIGTERM, SIGINT and SIGHUP, taken by a thread of their own instead of by handlers.
#pragma once

#include <functional>
#include <thread>

namespace jobtally::cli {

// Make one before any other thread: it blocks the signals in the calling thread and in all that start later.
class Signals {
  public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    // From now on SIGTERM and SIGINT call `stop` and SIGHUP calls `reload`, in a thread of this object. Both must
    // outlive it or be safe to call until it is gone. Signals that came before wait until here.
    void on(std::function<void()> stop, std::function<void()> reload);

  private:
    void wait_for_signals();

    int m_descriptor;
    int m_end;  // becomes readable when it is over
    std::function<void()> m_stop;
    std::function<void()> m_reload;
    std::thread m_thread;
};

}  // namespace jobtally::cli
