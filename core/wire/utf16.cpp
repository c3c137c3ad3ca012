#include "core/wire/utf16.hpp"

#include "core/base/text.hpp"

#include <utility>

namespace jobtally::wire {

namespace {

constexpr std::string_view little_mark = "\xff\xfe";
constexpr std::string_view big_mark = "\xfe\xff";

char32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

std::string_view Utf16Decoder::take(std::string_view bytes) {
    if (m_kind == Kind::other) return bytes;
    m_out.clear();
    if (m_kind == Kind::unknown) {
        bytes = look_at_mark(bytes);
        if (m_kind <= Kind::other) return bytes;
    }
    if (!m_held.empty() && !bytes.empty()) {
        m_held += bytes.front();
        bytes.remove_prefix(1);
        const std::string unit = std::exchange(m_held, {});
        take_unit(m_kind == Kind::little ? byte_at(unit, 0) | byte_at(unit, 1) << 8
                                         : byte_at(unit, 0) << 8 | byte_at(unit, 1));
    }
    const bool is_little = m_kind == Kind::little;
    for (; bytes.size() >= 2; bytes.remove_prefix(2)) {
        take_unit(byte_at(bytes, is_little ? 0 : 1) | byte_at(bytes, is_little ? 1 : 0) << 8);
    }
    m_held += bytes;
    return m_out;
}

// Returns what follows the mark; all there is where there is none, and nothing where that can't be
// told yet.
std::string_view Utf16Decoder::look_at_mark(std::string_view bytes) {
    if (bytes.empty()) return {};
    const std::size_t known = m_held.size();
    std::string front = m_held;
    front += bytes.substr(0, 2 - known);
    if (front == little_mark || front == big_mark) {
        m_kind = front == little_mark ? Kind::little : Kind::big;
        m_held.clear();
        return bytes.substr(2 - known);
    }
    if (little_mark.starts_with(front) || big_mark.starts_with(front)) {
        m_held = front;
        return {};
    }
    m_kind = Kind::other;
    if (known == 0) return bytes;
    m_out = std::exchange(m_held, {});
    m_out += bytes;
    return m_out;
}

std::string_view Utf16Decoder::finish() {
    m_out.clear();
    if (m_surrogate != 0) append_utf8(m_out, std::exchange(m_surrogate, 0));
    if (!m_held.empty()) m_out += '\xff';
    m_held.clear();
    return m_out;
}

void Utf16Decoder::take_unit(char32_t unit) {
    const bool is_second = unit >= 0xdc00 && unit <= 0xdfff;
    if (m_surrogate != 0 && is_second) {
        append_utf8(m_out, 0x10000 + ((m_surrogate - 0xd800) << 10) + (unit - 0xdc00));
        m_surrogate = 0;
        return;
    }
    if (m_surrogate != 0) append_utf8(m_out, std::exchange(m_surrogate, 0));
    if (unit >= 0xd800 && unit <= 0xdbff) {
        m_surrogate = unit;
    } else {
        append_utf8(m_out, unit);
    }
}

}  // namespace jobtally::wire
