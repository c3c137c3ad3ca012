// A program that shows long text screen by screen.
#pragma once

#include <sys/types.h>

namespace jobtally::cli {

// Runs JOBTALLY_PAGER, else PAGER, else less, by the shell, and waits for its end. As with git,
// LESS is FRX where it is not set, and an empty name or `cat` means none. Ctrl-C is the pager's
// meanwhile.
class Pager {
  public:
    Pager();
    // Waits as wait() does, without errors.
    ~Pager();
    Pager(const Pager&) = delete;
    Pager& operator=(const Pager&) = delete;

    // To write to; -1 where there is no pager. EPIPE: the reader has seen enough.
    int descriptor() const { return m_descriptor; }
    // Ends the text and waits until the reader has read it. Throws Error where the shell has not
    // found the program.
    void wait();

  private:
    int finish();

    int m_descriptor = -1;
    pid_t m_process = -1;
};

}  // namespace jobtally::cli
