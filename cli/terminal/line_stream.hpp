// Lines for a reader that may stop reading, such as a pager or a log program that hangs. The writer
// must not hang with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace jobtally::cli {

// Writes to a descriptor, which it does not own. When the reader takes nothing for `patience`,
// lines are left out until there is room again; if a line was cut, an end of line comes first then.
// May be used by any thread.
class LineStream {
  public:
    explicit LineStream(int descriptor,
                        std::chrono::milliseconds patience = std::chrono::seconds(1))
        : m_descriptor(descriptor), m_patience(patience) {}

    // Writes one or several lines, which include their ends. Returns 0, or errno: EAGAIN where
    // lines were left out or cut.
    int put(std::string_view lines) noexcept;
    // How many calls of put() left something out since the last call of take_missed().
    std::int64_t take_missed() noexcept;
    // Puts a number back that take_missed() returned, when it could not be reported.
    void add_missed(std::int64_t calls) noexcept;

  private:
    int write_in_time(std::string_view bytes,
                      std::chrono::steady_clock::time_point deadline) noexcept;

    const int m_descriptor;
    const std::chrono::milliseconds m_patience;
    std::mutex m_mutex;
    bool m_is_stuck = false;
    bool m_is_within_line = false;
    std::int64_t m_missed = 0;
};

}  // namespace jobtally::cli
