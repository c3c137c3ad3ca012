// SIGTERM, SIGINT and SIGHUP: a thread of its own takes them, or they simply end the process.
#pragma once

#include "core/base/file.hpp"

#include <cstdint>
#include <functional>
#include <thread>

namespace jobtally::cli {

// Blocks the signals, in the calling thread and all threads that it starts later, until a
// SignalThread takes them. To be called before any thread starts.
void hold_signals();

// From now on SIGINT and SIGTERM end the process at once, with exit code 0. For commands that only
// read: they have nothing to clean up, and must end even while a write of theirs blocks.
void end_with_0_on_signals();

// From now on SIGINT ends the process at once, with these words on stderr and exit code 1: for work
// that may end anywhere. `words` must live as long as the process.
void end_with_words_on_interrupt(const char* words);

// SQLite maps the index of the log. Where a full disk has no block for a page of it, or another
// hand cuts the file, the kernel sends SIGBUS: from now on that ends the process with a line on
// stderr and exit code 1.
void end_with_words_on_lost_pages();

// As long as it lives, SIGTERM and SIGINT call `stop` and SIGHUP calls `reload`, in a thread of its
// own. Signals that arrived since hold_signals() are taken first.
class SignalThread {
  public:
    SignalThread(std::function<void()> stop, std::function<void()> reload);
    ~SignalThread();
    SignalThread(const SignalThread&) = delete;
    SignalThread& operator=(const SignalThread&) = delete;

  private:
    void wait_for_signals();
    bool act_on(std::uint32_t signal) const;  // false: to be tried again, there is no memory

    std::function<void()> m_stop;
    std::function<void()> m_reload;
    Descriptor m_signals;
    Descriptor m_end;  // becomes readable when the thread is to end
    std::thread m_thread;
};

}  // namespace jobtally::cli
