#include "core/wire/window.hpp"

#include <algorithm>

namespace jobtally::wire {

namespace {

constexpr std::size_t kept_tail = 256;

// gcc 12 does not vectorise std::count over bytes, but it does vectorise counting a short block in
// a single byte.
std::uint64_t count_line_breaks(std::string_view bytes) {
    constexpr std::size_t block = 128;
    std::uint64_t total = 0;
    for (; bytes.size() >= block; bytes.remove_prefix(block)) {
        std::uint8_t in_block = 0;
        for (std::size_t i = 0; i < block; ++i) in_block += bytes[i] == '\n';
        total += in_block;
    }
    return total + static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

}  // namespace

void LineMark::advance(std::string_view bytes) {
    const std::uint64_t breaks = count_line_breaks(bytes);
    if (breaks > 0) {
        line += breaks;
        bytes.remove_prefix(bytes.rfind('\n') + 1);
        column = 0;
        indent = 0;
        only_blanks = true;
    }
    column += bytes.size();
    if (!only_blanks) return;
    const auto text = bytes.find_first_not_of(" \t");
    only_blanks = text == std::string_view::npos;
    indent += only_blanks ? bytes.size() : text;
}

void Window::feed(std::string_view bytes) {
    const std::size_t dropped = m_is_open ? m_begin : m_position;
    mark_at(dropped);
    m_text.erase(0, dropped);
    m_dropped += dropped;
    m_marked -= dropped;
    m_position -= dropped;
    m_begin = 0;
    if (m_is_open && m_text.size() > m_longest) cut_value();
    m_text += bytes;
}

void Window::pass_any_of(std::string_view these) {
    m_position = std::min(m_text.find_first_not_of(these, m_position), m_text.size());
}

void Window::begin_value() {
    m_begin = m_position;
    m_is_open = true;
    m_is_cut = false;
}

void Window::cut_value() {
    m_value_mark = value_mark();
    m_is_cut = true;
    const std::size_t tail = std::max(m_front, m_text.size() - std::min(kept_tail, m_text.size()));
    mark_at(tail);
    m_text.erase(m_front, tail - m_front);
    m_dropped += tail - m_front;
    m_marked = m_front;
    m_position = m_text.size();
}

const LineMark& Window::mark_at(std::size_t offset) {
    if (offset > m_marked)
        m_mark.advance(std::string_view(m_text).substr(m_marked, offset - m_marked));
    m_marked = std::max(m_marked, offset);
    return m_mark;
}

}  // namespace jobtally::wire
