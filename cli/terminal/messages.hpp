// What the program says on stderr, and its exit codes.
#pragma once

#include "core/base/error.hpp"

#include <exception>
#include <string>
#include <string_view>

namespace jobtally::cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_error = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_rejected = 3;   // part of the input was rejected
inline constexpr int exit_condition = 4;  // a condition that the user asked about holds

// The reader of stdout has closed the pipe. Thrown by Output; main() then ends quietly with 0.
struct ClosedPipe : std::exception {};

// As syslog(3) has them.
enum class Level : int { error = 3, warning = 4, note = 5, info = 6 };

// Writes a line to stderr. Errors are ignored: the work must not stop because the disk is full or
// the reader has gone. Where stderr is the journal, the level stands before it, as `<6>`.
void print_line(const std::string& line, Level level = Level::info) noexcept;
// Lines that wait to be written at once, by the thread that owns them.
class WaitingLines {
  public:
    void add(const std::string& line, Level level = Level::info);
    // Writes them, as print_line() does.
    void print() noexcept;

  private:
    std::string m_lines;
};
// `jobtally: listening on ...`
void print_status(std::string_view text);
// From now on messages are JSON objects: {"time", "level", "message"}, and "hint" of an error.
void print_messages_as_json();
// From now on lines are left out when the reader of stderr hangs, instead of waiting for it. For
// servers, whose clients would wait too.
void do_not_wait_for_reader();
// `jobtally: error: ...` and, where there is one, `jobtally: hint: ...`. Controls are made visible.
void print_error(const Error& error);
void print_error(std::string_view text);  // may hold NUL
void print_warning(std::string_view text);
void print_note(std::string_view text);
void print_hint(std::string_view text);

}  // namespace jobtally::cli
