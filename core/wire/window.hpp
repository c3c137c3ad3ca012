// The input that is at hand, in one piece of memory: the value that is being read, what is not read
// yet, and the lines on which they lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::wire {

// What a report may be at most.
struct Limits {
    std::size_t report_bytes = 1 << 20;  // a longer report is rejected
    std::size_t kept_body = 64 << 10;    // how much of the body a rejection keeps
    int depth = 32;  // levels of nesting within a report, itself included; at most 128 make sense
};

// What JSON allows between values.
inline constexpr std::string_view blanks = " \t\r\n";

inline std::string_view without_blanks_behind(std::string_view bytes) {
    return bytes.substr(0, bytes.find_last_not_of(blanks) + 1);
}

// Where in the input a position lies: its line, its column and how far its line is indented.
struct LineMark {
    std::uint64_t line = 1;    // counted from 1
    std::uint64_t column = 0;  // bytes of the line before the position
    std::uint64_t indent = 0;  // blanks and tabs the line begins with, as far as it was seen
    bool only_blanks = true;   // nothing else was seen of the line yet

    // Moves on over `bytes`, which follow the position.
    void advance(std::string_view bytes);
};

class Window {
  public:
    // Of a value longer than `longest` bytes only the first `front` bytes are kept, and some of the
    // last; `front` must not be greater than `longest`.
    Window(std::size_t longest, std::size_t front) : m_longest(longest), m_front(front) {}

    // Adds a copy of `bytes` behind what is at hand, and drops what was read and is no part of the
    // open value. While a value is open, everything must have been read.
    void feed(std::string_view bytes);

    // What is not read yet.
    std::string_view rest() const { return std::string_view(m_text).substr(m_position); }
    // Reads `bytes` of the rest.
    void pass(std::size_t bytes) { m_position += bytes; }
    // Reads the bytes at the front of the rest for as long as they are among `these`.
    void pass_any_of(std::string_view these);
    // Where the rest begins.
    const LineMark& mark() { return mark_at(m_position); }
    // How many bytes of the input lie before the rest.
    std::uint64_t place() const { return m_dropped + m_position; }

    // A value begins where the rest does. It stays at hand until end_value().
    void begin_value();
    void end_value() { m_is_open = false; }
    // What was read of the value. mark() must not be called meanwhile.
    std::string_view value() const { return value_and_rest().substr(0, m_position - m_begin); }
    std::string_view value_and_rest() const { return std::string_view(m_text).substr(m_begin); }
    // Changes how much of the value was read.
    void go_back_to(std::size_t size) { m_position = m_begin + size; }
    // Where the value begins.
    LineMark value_mark() { return m_is_cut ? m_value_mark : mark_at(m_begin); }
    // The middle of the value is gone because it is too long: value() is shorter than what was
    // read.
    bool is_cut() const { return m_is_cut; }
    // What was read of the value, without the blanks behind it, is longer than `longest`.
    bool is_too_long() const {
        return m_is_cut || without_blanks_behind(value()).size() > m_longest;
    }

  private:
    void cut_value();
    const LineMark& mark_at(std::size_t offset);

    std::size_t m_longest;
    std::size_t m_front;
    std::string m_text;
    std::uint64_t m_dropped = 0;  // bytes of the input that were before the rest or its value
    std::size_t m_position = 0;   // this and what follows are offsets in m_text
    std::size_t m_begin = 0;      // of the value
    bool m_is_open = false;
    bool m_is_cut = false;
    LineMark m_value_mark;  // of a value that is cut
    LineMark m_mark;        // of m_marked; it only moves on
    std::size_t m_marked = 0;
};

}  // namespace jobtally::wire
