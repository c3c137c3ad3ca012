#include "core/base/json_text.hpp"

#include "core/base/text.hpp"

#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace jobtally {
namespace {

constexpr std::string_view replacement = "\ufffd";

// As \u001b, or as a surrogate pair of them.
void append_units(std::string& out, char32_t code) {
    const auto value = static_cast<std::uint32_t>(code);
    if (value < 0x10000) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", value);
    } else {
        const std::uint32_t above = value - 0x10000;
        fmt::format_to(std::back_inserter(out), "\\u{:04x}\\u{:04x}", 0xd800 + (above >> 10),
                       0xdc00 + (above & 0x3ff));
    }
}

void append_escaped(std::string& out, char32_t code) {
    constexpr std::u32string_view with_letter = U"\"\\\b\f\n\r\t";
    const std::size_t place = with_letter.find(code);
    if (place == std::u32string_view::npos) return append_units(out, code);
    out += '\\';
    out += "\"\\bfnrt"[place];
}

bool is_plain_ascii(char letter) {
    return letter >= 0x20 && letter < 0x7f && letter != '"' && letter != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (is_plain_ascii(text[at])) {
            ++at;
            continue;
        }
        const CodePoint code = front_of(text.substr(at));
        const bool seen = code.value != '"' && code.value != '\\' && !is_unseen(code.value);
        if (!code.valid || !seen) {
            out += text.substr(copied, at - copied);
            code.valid ? append_escaped(out, code.value) : void(out += replacement);
            copied = at + code.size;
        }
        at += code.size;
    }
    out += text.substr(copied);
    out += '"';
}

// Raw C0 controls can only stand between the tokens of JSON, everything else unseen only in
// strings.
std::string one_line_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const CodePoint code = front_of(json);
        if (!code.valid) {
            out += replacement;
        } else if (code.value < 0x20) {
            out += ' ';
        } else if (is_unseen(code.value)) {
            append_units(out, code.value);
        } else {
            out += json.substr(0, code.size);
        }
        json.remove_prefix(code.size);
    }
    return out;
}

}  // namespace jobtally
