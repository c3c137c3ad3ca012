// Reads one JSON value with Boost.JSON's event parser and a ReportHandler. The value may come in
// pieces.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace jobtally::wire {

class ReportHandler;
class Window;

// A value nested deeper than this is a syntax error: RFC 8259, section 9 leaves the limit to us.
inline constexpr int hard_depth = 128;

class ValueParser {
  public:
    enum class Step { complete, list, more, broken };

    ValueParser();
    ~ValueParser();
    ValueParser(const ValueParser&) = delete;
    ValueParser& operator=(const ValueParser&) = delete;

    ReportHandler& handler();
    // A new value begins. The handler must have been told what kind of value it is.
    void begin();
    // Reads on from the rest of the window: up to the value's end, or the end of the blanks after
    // it; up to the `[` of a list's items; or up to the error. `ended`: there is no more input,
    // which can complete only a number.
    Step read(Window& window, bool ended);
    // After `broken`: what is wrong, or empty if a single character is to blame for it.
    std::string problem() const;

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace jobtally::wire
