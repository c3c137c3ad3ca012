// The head of an HTTP request: raw bytes in, a request that can be trusted or the refusal out.
// Stricter than RFC 9112 wherever two readers of the same bytes could disagree about them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace jobtally::listen {

inline constexpr std::size_t max_head_bytes = 16
                                              << 10;  // request line to blank line, both included
inline constexpr std::size_t max_fields = 100;
inline constexpr std::size_t max_target_bytes = 8000;

// The answer that a request gets which can't be used; the connection is closed after it.
struct Refusal {
    unsigned status = 400;
    std::string_view reason;  // static text, fit for an `error` member
};

// Views into the bytes that were parsed.
struct RequestHead {
    std::string_view method;  // one of those HTTP defines
    std::string_view path;    // of the target, without the query; never empty
    bool keep_alive = true;
    bool chunked = false;
    std::optional<std::uint64_t> content_length;  // at most 10 digits; never beside chunked
    std::optional<std::string_view> authorization;
    std::optional<std::string_view> expect;  // HTTP/1.1 only
    bool encoded = false;                    // a content-encoding other than identity

    bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

struct HeadOutcome {
    enum class State { incomplete, complete, refused };
    State state = State::incomplete;
    std::size_t size = 0;  // complete: how many bytes of the input the head takes
    RequestHead head;      // complete
    Refusal refusal;       // refused
};

// Looks for a complete head at the beginning of `received`. `scanned` is the caller's memory
// between calls on the same, growing input: 0 at first. One empty line before the request is passed
// over (RFC 9112, 2.2). Once a head is refused nothing behind it can be trusted.
HeadOutcome read_head(std::string_view received, std::size_t& scanned);

}  // namespace jobtally::listen
