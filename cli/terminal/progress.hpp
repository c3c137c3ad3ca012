// A line on the terminal that says how far a long reading is.
#pragma once

#include <chrono>
#include <cstdint>

namespace jobtally::cli {

// Draws on stderr, a few times a second and not before half a second has passed; takes the line
// away at its end. Does nothing where stderr is no terminal or `quiet`.
class Progress {
  public:
    explicit Progress(bool quiet);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Bytes; `total` 0 where nobody knows.
    void show(std::int64_t done, std::int64_t total);

  private:
    bool m_active;
    bool m_drawn = false;
    std::chrono::steady_clock::time_point m_begin;
    std::chrono::steady_clock::time_point m_next;
};

}  // namespace jobtally::cli
