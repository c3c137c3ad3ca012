// A line on the terminal that shows how far long work has come.
#pragma once

#include <chrono>
#include <cstdint>

namespace jobtally::cli {

// Draws on stderr a few times a second, but not during the first half second; its destructor erases
// the line. Does nothing if stderr is no terminal, or if `quiet`.
class Progress {
  public:
    enum class Unit : std::uint8_t { bytes, reports, steps };

    explicit Progress(bool quiet, Unit unit = Unit::bytes);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // With the rate and the time left at that rate; `total` is 0 if unknown.
    void show(std::int64_t done, std::int64_t total);

  private:
    bool m_active;
    Unit m_unit;
    bool m_drawn = false;
    std::chrono::steady_clock::time_point m_begin;
    std::chrono::steady_clock::time_point m_next;
};

}  // namespace jobtally::cli
