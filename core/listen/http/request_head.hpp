// The rules in front of Boost.Beast's parser: they take the raw bytes of a request head and let it
// through or refuse it. They are stricter than RFC 9112 wherever two readers of the same bytes
// could disagree about them.
#pragma once

#include <cstddef>
#include <string_view>

namespace jobtally::listen {

inline constexpr std::size_t max_head_bytes = 16
                                              << 10;  // request line to blank line, both included
inline constexpr std::size_t max_fields = 100;
inline constexpr std::size_t max_target_bytes = 8000;

// The answer to a request that can't be used; the connection is closed after it.
struct Refusal {
    unsigned status = 400;
    std::string_view reason;  // static text, fit for an `error` member
};

inline constexpr Refusal too_large{413, "the body is too large"};

struct HeadCheck {
    enum class State { incomplete, complete, refused };
    State state = State::incomplete;
    std::size_t begin = 0;  // complete: where the head begins in the input
    std::size_t size = 0;   // complete: how many bytes the head takes from there
    Refusal refusal;        // refused
};

// Looks for a complete head at the beginning of `received` and checks it against the rules. The
// caller sets `scanned` to 0 at first and keeps it between calls on the same, growing input. One
// empty line before the request is passed over (RFC 9112, 2.2). Once a head is refused nothing
// behind it can be trusted.
HeadCheck check_head(std::string_view received, std::size_t& scanned);

}  // namespace jobtally::listen
