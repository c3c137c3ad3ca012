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
inline constexpr int exit_condition = 4;  // a condition that was asked for holds

// Whoever reads our output has closed the pipe. Thrown by Output; main() ends quietly with 0.
struct ClosedPipe : std::exception {};

// A line on stderr. What nobody can be told, for the disk is full or the reader has gone, is not
// told: what is at work must not stop for that.
void print_line(const std::string& line) noexcept;
// From now on a reader of stderr that hangs gets fewer lines, in place of holding us up. For what
// others wait for.
void do_not_wait_for_reader();
// `jobtally: error: ...` and, where there is one, `jobtally: hint: ...`. Controls are made visible.
void print_error(const Error& error);
void print_warning(std::string_view text);
void print_note(std::string_view text);
void print_hint(std::string_view text);

}  // namespace jobtally::cli
