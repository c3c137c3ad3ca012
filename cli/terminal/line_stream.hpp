// Lines for a reader that may stop reading, such as a pager or a log program that hangs. The writer
// must not hang with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace jobtally::cli {

// Writes to a descriptor, which it does not own. When the reader takes nothing for `patience`,
// lines are left out until there is room again; if a line was cut, an end of line comes first then.
// May be used by any thread.
class LineStream {
  public:
    // The line, with its end, that says how many were left out.
    using Notice = std::function<std::string(std::int64_t missed)>;

    // With a notice, what was left out is told together with the next lines: a pipe that was full
    // may have room for one write only.
    explicit LineStream(int descriptor,
                        std::chrono::milliseconds patience = std::chrono::seconds(1),
                        Notice notice = {})
        : m_descriptor(descriptor), m_patience(patience), m_notice(std::move(notice)) {}

    // Writes one or several lines, which include their ends. Returns 0, or errno: EAGAIN where
    // lines were left out or cut.
    int put(std::string_view lines);
    // How many lines were left out or cut since the last call of take_missed(), or the last notice.
    std::int64_t take_missed() noexcept;

  private:
    int write(std::string_view& bytes) noexcept;
    int write_in_time(std::string_view& bytes,
                      std::chrono::steady_clock::time_point deadline) noexcept;

    const int m_descriptor;
    const std::chrono::milliseconds m_patience;
    const Notice m_notice;
    std::mutex m_mutex;
    bool m_is_stuck = false;
    bool m_is_within_line = false;
    std::int64_t m_missed = 0;
};

}  // namespace jobtally::cli
