#include "cli/terminal/line_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace jobtally::cli {

int LineStream::put(std::string_view lines) {
    const std::lock_guard lock(m_mutex);
    const bool tells = m_notice && m_missed > 0;
    const std::string with_notice = tells ? m_notice(m_missed).append(lines) : std::string();
    std::string_view rest = tells ? with_notice : lines;
    const int error = write(rest);
    if (tells && rest.size() <= lines.size()) m_missed = 0;
    const auto left_out = rest.substr(rest.size() - std::min(rest.size(), lines.size()));
    m_is_stuck = error == EAGAIN;
    if (m_is_stuck) m_missed += std::count(left_out.begin(), left_out.end(), '\n');
    return error;
}

std::int64_t LineStream::take_missed() noexcept {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_missed, 0);
}

// Takes what was written away from `bytes`.
int LineStream::write(std::string_view& bytes) noexcept {
    const auto now = std::chrono::steady_clock::now();
    const auto deadline = m_is_stuck ? now : now + m_patience;
    std::string_view end = m_is_within_line ? "\n" : "";
    const int error = write_in_time(end, deadline);
    return error == 0 ? write_in_time(bytes, deadline) : error;
}

// A pipe that poll() reports as writable has room for PIPE_BUF bytes, so write() does not block.
int LineStream::write_in_time(std::string_view& bytes,
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
