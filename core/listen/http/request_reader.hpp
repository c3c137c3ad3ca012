// One request by Boost.Beast's parser: the head that the rules let through, then the body as its
// framing says. Beast stays behind this header.
#pragma once

#include "core/listen/http/request_head.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace jobtally::listen {

// What a request says of itself. The views point into the reader that parsed it.
struct RequestHead {
    std::string_view method;  // one of those HTTP defines
    std::string_view path;    // of the target, without the query; never empty
    bool keep_alive = true;
    bool chunked = false;
    std::optional<std::uint64_t> content_length;  // at most 10 digits; never beside chunked
    std::optional<std::string_view> authorization;
    std::optional<std::string_view> expect;         // HTTP/1.1 only
    std::optional<std::string_view> forwarded_for;  // the last X-Forwarded-For
    bool encoded = false;                           // a content-encoding other than identity

    bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

// Reads one request; use a new reader for the next. It keeps in memory the head and what has come
// of the body (space for a whole Content-Length is allocated at its first byte), but no chunk
// framing. Throws nothing but std::bad_alloc: whatever else Beast throws at odd bytes becomes a
// refusal.
class RequestReader {
  public:
    enum class State { more, done, refused };

    explicit RequestReader(std::uint64_t max_body);
    ~RequestReader();

    // Takes a head that check_head() found complete, and nothing else. The state is `refused` where
    // Beast can't read what the rules let through. Call it once, first.
    State take_head(std::string_view block);
    // Valid after take_head().
    const RequestHead& head() const { return m_head; }

    // Takes bytes of the body off the front of `input`, and none behind the body's end. If it wants
    // more and yet leaves bytes, fewer than 14, these must stand at the front of the next input.
    // Chunks are accepted without extensions and trailers: nobody who sends a job report needs them
    // and both are known means to trick a reader.
    State take_body(std::string_view& input);
    // True as soon as the body is known to have more than max_body bytes. Reading goes on up to so
    // many, and then it is refused.
    bool is_too_large() const;
    bool is_done() const { return state() == State::done; }
    // The decoded body as far as it was read, at most max_body bytes.
    std::string_view body() const;
    // Moves the decoded body out. Call it once, as the last call.
    std::string release_body();
    // Why it was refused: 400, or 413 for a body of more than max_body bytes.
    const Refusal& refusal() const { return m_refusal; }

  private:
    struct Parser;

    std::size_t put(std::string_view bytes);
    std::size_t put_raw(std::string_view bytes);
    void refuse(const Refusal& refusal);
    State state() const;
    void note_head();

    std::uint64_t m_max_body;
    std::unique_ptr<Parser> m_parser;
    RequestHead m_head;
    Refusal m_refusal;
    bool m_is_refused = false;
};

}  // namespace jobtally::listen
