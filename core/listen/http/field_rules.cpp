#include "core/listen/http/field_rules.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace jobtally::listen {
namespace {

constexpr std::array<bool, 256> make_token_characters() {
    std::array<bool, 256> table{};
    for (int c = '0'; c <= '9'; ++c) table[c] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}

constexpr auto token_characters = make_token_characters();

template <class Take>
void for_each_item(std::string_view list, Take take) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        take(trim(list.substr(0, comma)));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
}

bool is_port(std::string_view text) {
    return text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

// A body with another method than these comes to its end, and ends the connection.
bool is_body_less(std::string_view method) {
    return method == "HEAD" || method == "TRACE" || method == "CONNECT";
}

}  // namespace

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return token_characters[static_cast<unsigned char>(c)];
    });
}

bool is_valid_host(std::string_view text) noexcept {
    const auto is_address_char = [](char c) {
        return c == ':' || c == '.' ||
               std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
    };
    const auto is_name_char = [](char c) {
        return c == '%' || (is_token({&c, 1}) &&
                            std::string_view("!#$&'*+^`|").find(c) == std::string_view::npos);
    };
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos || close < 3) return false;
        const auto address = text.substr(1, close - 1);
        const auto rest = text.substr(close + 1);
        return std::all_of(address.begin(), address.end(), is_address_char) &&
               (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
    }
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    return !name.empty() && std::all_of(name.begin(), name.end(), is_name_char) &&
           (colon == std::string_view::npos || is_port(text.substr(colon + 1)));
}

std::optional<Refusal> FieldRules::take(std::string_view line) {
    if (line.front() == ' ' || line.front() == '\t')
        return Refusal{400, "a field goes on over a line break"};
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_token(name))
        return Refusal{400, "a field has no valid name"};
    // Gateways that turn fields into variables can't tell `_` from `-`.
    if (name.find('_') != std::string_view::npos)
        return Refusal{400, "a field name holds an underscore"};
    const auto value = trim(line.substr(colon + 1));

    const auto is = [name](std::string_view known) { return equals_ignoring_case(name, known); };
    if (is("host")) return take_host(value);
    if (is("content-length")) return take_content_length(value);
    if (is("transfer-encoding")) return take_transfer_encoding(value);
    if (is("authorization") && std::exchange(m_has_authorization, true))
        return Refusal{400, "more than one Authorization"};
    if (is("expect") && std::exchange(m_has_expect, true))
        return Refusal{400, "more than one Expect"};
    return {};
}

std::optional<Refusal> FieldRules::take_host(std::string_view value) {
    if (std::exchange(m_has_host, true)) return Refusal{400, "more than one Host"};
    if (!is_valid_host(value)) return Refusal{400, "the Host is not valid"};
    return {};
}

std::optional<Refusal> FieldRules::take_content_length(std::string_view value) {
    if (std::exchange(m_has_length, true)) return Refusal{400, "more than one Content-Length"};
    if (value.empty() || value.size() > 10 || !std::all_of(value.begin(), value.end(), is_digit))
        return Refusal{400, "the Content-Length is not 1 to 10 digits"};
    m_has_body = m_has_body || value.find_first_not_of('0') != std::string_view::npos;
    return {};
}

std::optional<Refusal> FieldRules::take_transfer_encoding(std::string_view value) {
    if (m_is_chunked) return Refusal{400, "more than one Transfer-Encoding"};
    if (!m_is_1_1) return Refusal{400, "a Transfer-Encoding in HTTP/1.0"};
    m_is_chunked = equals_ignoring_case(value, "chunked");
    m_has_body = true;
    if (m_is_chunked) return {};
    bool is_list = !value.empty();
    for_each_item(value, [&](std::string_view coding) { is_list = is_list && is_token(coding); });
    if (is_list) return Refusal{501, "the only Transfer-Encoding known here is chunked"};
    return Refusal{400, "the Transfer-Encoding is not valid"};
}

std::optional<Refusal> FieldRules::conclude() const {
    if (m_is_1_1 && !m_has_host) return Refusal{400, "no Host"};
    if (m_is_chunked && m_has_length)
        return Refusal{400, "both Transfer-Encoding and Content-Length"};
    if (is_body_less(m_method) && m_has_body)
        return Refusal{400, "a body where the method has none"};
    return {};
}

}  // namespace jobtally::listen
