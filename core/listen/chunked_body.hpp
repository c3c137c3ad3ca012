// The chunked transfer coding (RFC 9112, 7.1) without extensions and trailers: both are refused,
// since nobody who sends a job report needs them and both are known ways around a reader.
#pragma once

#include "core/listen/request_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally::listen {

// Decodes one body from pieces of any size; its own memory is constant.
class ChunkedBody {
  public:
    enum class State { more, done, refused };

    explicit ChunkedBody(std::uint64_t max_bytes) : m_room(max_bytes) {}

    // Takes bytes off the front of `input` and appends what they carry to `body`. Takes all of it
    // unless done (the rest belongs to the next request) or refused.
    State take(std::string_view& input, std::string& body);
    // Why it was refused: 400, or 413 for a body of more than max_bytes.
    const Refusal& refusal() const { return m_refusal; }

  private:
    enum class At { size, size_lf, content, content_cr, content_lf, last_cr, last_lf, end };

    State refuse(unsigned status, std::string_view reason);
    bool take_size_digit(char c);
    State take_frame_byte(char c);

    std::uint64_t m_room;
    std::uint64_t m_size = 0;  // of the chunk, then what is left of it
    int m_digits = 0;
    At m_at = At::size;
    Refusal m_refusal;
};

}  // namespace jobtally::listen
