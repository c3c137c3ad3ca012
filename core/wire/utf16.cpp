#include "core/wire/utf16.hpp"

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
    if (m_surrogate != 0) put_lone_surrogate();
    if (!m_held.empty()) m_out += '\xff';
    m_held.clear();
    return m_out;
}

void Utf16Decoder::take_unit(char32_t unit) {
    const bool is_second = unit >= 0xdc00 && unit <= 0xdfff;
    if (m_surrogate != 0 && is_second) {
        put(0x10000 + ((m_surrogate - 0xd800) << 10) + (unit - 0xdc00));
        m_surrogate = 0;
        return;
    }
    if (m_surrogate != 0) put_lone_surrogate();
    if (unit >= 0xd800 && unit <= 0xdbff) {
        m_surrogate = unit;
    } else {
        put(unit);
    }
}

// In the form of UTF-8 but for the value, which UTF-8 excludes.
void Utf16Decoder::put_lone_surrogate() {
    put(std::exchange(m_surrogate, 0));
}

void Utf16Decoder::put(char32_t code) {
    const auto tail = [&](int shift) { m_out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
        m_out += static_cast<char>(code);
    } else if (code < 0x800) {
        m_out += static_cast<char>(0xc0 | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        m_out += static_cast<char>(0xe0 | code >> 12);
        tail(6);
        tail(0);
    } else {
        m_out += static_cast<char>(0xf0 | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace jobtally::wire
