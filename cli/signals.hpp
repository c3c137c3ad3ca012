// SIGTERM, SIGINT and SIGHUP, taken by a thread of their own instead of by handlers; or
// ending a reader.
#pragma once

#include "core/base/file.hpp"

#include <functional>
#include <thread>

namespace jobtally::cli {

// Call it before any thread starts: the signals then wait, in the calling thread and in all later
// ones, for a SignalThread.
void hold_signals();

// From now on SIGINT and SIGTERM end the process at once, with 0. For readers that have nothing to
// put in order, and must go even where a write of theirs blocks.
void end_with_0_on_signals();

// From its making to its end SIGTERM and SIGINT call `stop` and SIGHUP calls `reload`, in a thread
// of its own; those that waited come first.
class SignalThread {
  public:
    SignalThread(std::function<void()> stop, std::function<void()> reload);
    ~SignalThread();
    SignalThread(const SignalThread&) = delete;
    SignalThread& operator=(const SignalThread&) = delete;

  private:
    void wait_for_signals();

    std::function<void()> m_stop;
    std::function<void()> m_reload;
    Descriptor m_signals;
    Descriptor m_end;  // becomes readable when it is over
    std::thread m_thread;
};

}  // namespace jobtally::cli
