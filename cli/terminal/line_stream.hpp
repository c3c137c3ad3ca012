// Lines for a reader who may stop reading, such as a pager or a log program that hangs: what waits
// for it must not wait with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace jobtally::cli {

// Writes to a descriptor, which it does not own. A reader that takes nothing for `patience` gets
// nothing more until there is room again; then the first thing is an end of line, where a line was
// cut. From any thread.
class LineStream {
  public:
    explicit LineStream(int descriptor,
                        std::chrono::milliseconds patience = std::chrono::seconds(1))
        : m_descriptor(descriptor), m_patience(patience) {}

    // One line or several, with their ends. 0, or errno: EAGAIN where they were left out, or cut.
    int put(std::string_view lines) noexcept;
    // How many calls of put() left something out since the last call of this.
    std::int64_t take_missed() noexcept;
    // Where that could not be told.
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
