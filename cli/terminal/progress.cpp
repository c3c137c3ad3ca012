#include "cli/terminal/progress.hpp"

#include "cli/terminal/terminal.hpp"
#include "core/base/numbers.hpp"
#include "core/time/length.hpp"

#include <cmath>
#include <cstdio>
#include <string>

#include <fmt/core.h>
#include <unistd.h>

namespace jobtally::cli {

using std::chrono::steady_clock;

namespace {

std::string amount(std::int64_t done, double seconds, Progress::Unit unit) {
    const auto a_second = static_cast<std::int64_t>(static_cast<double>(done) / seconds);
    switch (unit) {
        case Progress::Unit::bytes:
            return fmt::format("  {} MB  {} MB/s", count_text(done / 1'000'000),
                               count_text(a_second / 1'000'000));
        case Progress::Unit::reports:
            return fmt::format("  {} reports  {}/s", count_text(done), count_text(a_second));
        case Progress::Unit::steps:
            break;
    }
    return {};
}

}  // namespace

Progress::Progress(bool quiet, Unit unit)
    : m_active(!quiet && is_terminal(STDERR_FILENO)),
      m_unit(unit),
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
    const double seconds = std::chrono::duration<double>(now - m_begin).count();
    const std::string text = amount(done, seconds, m_unit);
    if (total <= 0 || done > total) return fmt::print(stderr, "\r{}\033[K", text.substr(2));
    constexpr std::int64_t width = 20;
    const auto full = static_cast<std::size_t>(done * width / total);
    const double left =
        done == 0 ? 0 : seconds * static_cast<double>(total - done) / static_cast<double>(done);
    const time::Duration length{static_cast<std::int64_t>(std::ceil(left)) * 1'000'000};
    fmt::print(stderr, "\r[{}{}] {:3d} %{}{}\033[K", std::string(full, '#'),
               std::string(static_cast<std::size_t>(width) - full, '.'), done * 100 / total, text,
               done == 0 ? "" : "  " + time::human_length(length) + " left");
}

}  // namespace jobtally::cli
