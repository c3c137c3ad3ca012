// Finds the place where reading goes on after a syntax error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::wire {

// Looks for the next line that can begin a report: its first byte but blanks is `{`, and it is
// indented no deeper than the line where the broken value began. Keeps the front of what it passes
// over.
class ResumeScan {
  public:
    // `seen`: the front of the broken value that was passed over already.
    void begin(std::uint64_t indent, std::size_t kept_body, std::string_view seen);
    // Passes over `bytes` up to the `{`, which it leaves, and returns how many it passed over.
    // Goes on where it stopped when it is given more.
    std::size_t pass(std::string_view bytes);
    // What was passed over, cut to kept_body, without the blanks at its end.
    std::string take_body();

  private:
    void keep(std::string_view bytes);

    std::uint64_t m_limit = 0;
    std::uint64_t m_indent = 0;
    bool m_at_indent = false;
    std::size_t m_kept_body = 0;
    std::string m_body;
};

// `bytes` without the JSON blanks at their end.
std::string_view without_blanks_behind(std::string_view bytes);

}  // namespace jobtally::wire
