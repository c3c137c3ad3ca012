#include "core/listen/chunked_body.hpp"

#include <algorithm>

namespace jobtally::listen {
namespace {

constexpr int max_size_digits = 8;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

ChunkedBody::State ChunkedBody::refuse(unsigned status, std::string_view reason) {
    m_refusal = {status, reason};
    return State::refused;
}

bool ChunkedBody::take_size_digit(char c) {
    const int value = hex_value(c);
    if (value < 0 || m_digits == max_size_digits) return false;
    m_size = m_size * 16 + static_cast<unsigned>(value);
    ++m_digits;
    return true;
}

// One byte of what stands around the content.
ChunkedBody::State ChunkedBody::take_frame_byte(char c) {
    switch (m_at) {
        case At::size:
            if (c == '\r' && m_digits > 0) {
                m_at = At::size_lf;
            } else if (!take_size_digit(c)) {
                return refuse(400,
                              c == ';' ? "a chunk has an extension" : "a chunk has no valid size");
            }
            return State::more;
        case At::size_lf:
            if (c != '\n') break;
            if (m_size > m_room) return refuse(413, "the body is too large");
            m_room -= m_size;
            m_digits = 0;
            m_at = m_size > 0 ? At::content : At::last_cr;
            return State::more;
        case At::content_cr:
            if (c != '\r') break;
            m_at = At::content_lf;
            return State::more;
        case At::content_lf:
            if (c != '\n') break;
            m_at = At::size;
            return State::more;
        case At::last_cr:
            if (c != '\r') return refuse(400, "a trailer follows the last chunk");
            m_at = At::last_lf;
            return State::more;
        case At::last_lf:
            if (c != '\n') break;
            m_at = At::end;
            return State::done;
        case At::content:
        case At::end:
            break;
    }
    return refuse(400, "a chunk is not followed by a line break");
}

ChunkedBody::State ChunkedBody::take(std::string_view& input, std::string& body) {
    while (!input.empty()) {
        if (m_at == At::content) {
            const auto piece = input.substr(0, m_size);
            body.append(piece);
            input.remove_prefix(piece.size());
            m_size -= piece.size();
            if (m_size == 0) m_at = At::content_cr;
            continue;
        }
        const State state = take_frame_byte(input.front());
        if (state == State::refused) return state;
        input.remove_prefix(1);
        if (state == State::done) return state;
    }
    return State::more;
}

}  // namespace jobtally::listen
