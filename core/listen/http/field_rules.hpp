// The rules for the fields of a request head, one field at a time.
#pragma once

#include "core/listen/http/request_head.hpp"

#include <optional>
#include <string_view>

namespace jobtally::listen {

// RFC 9110, 5.6.2; never empty.
bool is_token(std::string_view text) noexcept;
// `name`, `192.0.2.1` or `[::1]`, with or without `:port`; never empty.
bool is_valid_host(std::string_view text) noexcept;

// Checks all fields of one head. Use a new object for the next head.
class FieldRules {
  public:
    FieldRules(std::string_view method, bool is_1_1) : m_method(method), m_is_1_1(is_1_1) {}

    // `line` is without its CR LF and holds no control character but tabs.
    std::optional<Refusal> take(std::string_view line);
    // The rules that need all fields.
    std::optional<Refusal> conclude() const;

  private:
    std::optional<Refusal> take_host(std::string_view value);
    std::optional<Refusal> take_content_length(std::string_view value);
    std::optional<Refusal> take_transfer_encoding(std::string_view value);

    std::string_view m_method;
    bool m_is_1_1;
    bool m_has_host = false;
    bool m_has_authorization = false;
    bool m_has_expect = false;
    bool m_has_length = false;
    bool m_has_body = false;
    bool m_is_chunked = false;
};

}  // namespace jobtally::listen
