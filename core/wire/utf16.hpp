// UTF-16 to UTF-8, as it comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::wire {

// Input that begins with the byte order mark of UTF-16, little or big end first, comes out as
// UTF-8 without it; all other input as it is. A surrogate without its other half and half a unit at
// the end become bytes that are not UTF-8, so that nothing is taken for what it was not.
class Utf16Decoder {
  public:
    // The next bytes; valid until the next call, or for as long as `bytes` is.
    std::string_view take(std::string_view bytes);
    // What is left at the end of the input.
    std::string_view finish();

  private:
    enum class Kind : std::uint8_t { unknown, other, little, big };

    std::string_view look_at_mark(std::string_view bytes);
    void take_unit(char32_t unit);

    Kind m_kind = Kind::unknown;
    std::string m_held;        // the first byte of a unit, or of the mark
    char32_t m_surrogate = 0;  // the first half of a pair
    std::string m_out;
};

}  // namespace jobtally::wire
