#include "cli/terminal/progress.hpp"

#include "cli/terminal/terminal.hpp"

#include <cstdio>
#include <string>

#include <fmt/core.h>
#include <unistd.h>

namespace jobtally::cli {

using std::chrono::steady_clock;

Progress::Progress(bool quiet)
    : m_active(!quiet && is_terminal(STDERR_FILENO)),
      m_begin(steady_clock::now()),
      m_next(m_begin + std::chrono::milliseconds(500)) {}

Progress::~Progress() {
    if (m_drawn) fmt::print(stderr, "\r\033[K");
}

void Progress::show(std::int64_t done, std::int64_t total) {
    const auto now = steady_clock::now();
    if (!m_active || now < m_next) return;
    m_next = now + std::chrono::milliseconds(100);
    m_drawn = true;
    const double megabytes = static_cast<double>(done) / 1e6;
    const double rate = megabytes / std::chrono::duration<double>(now - m_begin).count();
    if (total > 0) {
        constexpr int width = 30;
        const int full = static_cast<int>(done * width / total);
        fmt::print(stderr, "\r[{}{}] {:3d} %  {:.0f} MB  {:.0f} MB/s\033[K", std::string(full, '#'),
                   std::string(width - full, '.'), done * 100 / total, megabytes, rate);
    } else {
        fmt::print(stderr, "\r{:.0f} MB  {:.0f} MB/s\033[K", megabytes, rate);
    }
}

}  // namespace jobtally::cli
