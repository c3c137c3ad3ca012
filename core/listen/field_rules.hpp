// The rules for the fields of a request head, one field at a time.
#pragma once

#include "core/listen/request_head.hpp"

#include <optional>
#include <string_view>

namespace jobtally::listen {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
// RFC 9110, 5.6.2; never empty.
bool is_token(std::string_view text) noexcept;
// `name`, `192.0.2.1` or `[::1]`, with or without `:port`; never empty.
bool is_valid_host(std::string_view text) noexcept;

// Fills a head from its fields. Use it for one head.
class FieldRules {
  public:
    // `head` has its method already and outlives this.
    FieldRules(RequestHead& head, bool is_1_1) : m_head(head), m_is_1_1(is_1_1) {}

    // `line` is without its CR LF and holds no control character but tabs.
    std::optional<Refusal> take(std::string_view line);
    // The rules that need all fields.
    std::optional<Refusal> conclude();

  private:
    std::optional<Refusal> take_host(std::string_view value);
    std::optional<Refusal> take_content_length(std::string_view value);
    std::optional<Refusal> take_transfer_encoding(std::string_view value);
    std::optional<Refusal> take_authorization(std::string_view value);
    std::optional<Refusal> take_expect(std::string_view value);
    void take_connection(std::string_view value);
    void take_content_encoding(std::string_view value);

    RequestHead& m_head;
    bool m_is_1_1;
    bool m_has_host = false;
    bool m_says_close = false;
    bool m_says_keep_alive = false;
};

}  // namespace jobtally::listen
