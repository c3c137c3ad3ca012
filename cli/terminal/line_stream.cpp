#include "cli/terminal/line_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace jobtally::cli {

int LineStream::put(std::string_view lines) noexcept {
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    const auto deadline = m_is_stuck ? now : now + m_patience;
    int error = m_is_within_line ? write_in_time("\n", deadline) : 0;
    if (error == 0) error = write_in_time(lines, deadline);
    m_is_stuck = error == EAGAIN;
    if (m_is_stuck) ++m_missed;
    return error;
}

std::int64_t LineStream::take_missed() noexcept {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_missed, 0);
}

void LineStream::add_missed(std::int64_t calls) noexcept {
    const std::lock_guard lock(m_mutex);
    m_missed += calls;
}

// A pipe that poll() reports as writable has room for PIPE_BUF bytes, so write() does not block.
int LineStream::write_in_time(std::string_view bytes,
                              std::chrono::steady_clock::time_point deadline) noexcept {
    while (!bytes.empty()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd descriptor{m_descriptor, POLLOUT, 0};
        const int ready =
            ::poll(&descriptor, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) return EAGAIN;
        const auto written =
            ::write(m_descriptor, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
        if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (written < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(written));
        m_is_within_line = !bytes.empty();
    }
    return 0;
}

}  // namespace jobtally::cli
