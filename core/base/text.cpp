#include "core/base/text.hpp"

#include "core/base/code_width.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <boost/locale/utf.hpp>

namespace jobtally {
namespace {

// Sorted. C0 is not in it: front_of() and is_unseen() meet ASCII first.
constexpr auto unseen = std::to_array<CodeRange>({
    {0x7f, 0x9f},        // DEL, C1
    {0xad, 0xad},        // soft hyphen
    {0x61c, 0x61c},      // Arabic letter mark
    {0x180e, 0x180e},    // Mongolian vowel separator
    {0x200b, 0x200f},    // zero-width space and joiners, direction marks
    {0x2028, 0x202e},    // line and paragraph separator, embeddings and overrides
    {0x2060, 0x206f},    // word joiner, invisible operators, isolates, deprecated format characters
    {0xfeff, 0xfeff},    // byte order mark
    {0xfff9, 0xfffb},    // interlinear annotation
    {0x1bca0, 0x1bca3},  // shorthand format controls
    {0x1d173, 0x1d17a},  // musical format controls
    {0xe0000, 0xe007f},  // tags
});

template <class Ranges>
bool is_within(char32_t code, const Ranges& ranges) noexcept {
    const auto after = std::upper_bound(
        std::begin(ranges), std::end(ranges), code,
        [](char32_t value, const CodeRange& range) { return value < range.first; });
    return after != std::begin(ranges) && code <= std::prev(after)->last;
}

std::size_t width_of(char32_t code) noexcept {
    if (code < 0x300) return 1;
    if (is_within(code, zero_width)) return 0;
    return is_within(code, double_width) ? 2 : 1;
}

bool is_printable_ascii(char c) noexcept {
    return c >= 0x20 && c < 0x7f;
}

// The length of the front of `bytes` that is ASCII for sure, looked at in whole words.
std::size_t ascii_front(std::string_view bytes) noexcept {
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + sizeof word <= bytes.size(); at += sizeof word) {
        std::memcpy(&word, bytes.data() + at, sizeof word);
        if ((word & 0x8080808080808080U) != 0) break;
    }
    return at;
}

void append_hex(std::string& out, std::uint32_t value, std::size_t digits) {
    for (std::size_t left = digits; left > 0; --left) {
        out += "0123456789abcdef"[(value >> (4 * (left - 1))) & 0xf];
    }
}

void append_escaped(std::string& out, const CodePoint& code) {
    if (!code.valid) {
        out += "\\x";
        append_hex(out, code.value, 2);
    } else if (code.value == '\n') {
        out += "\\n";
    } else if (code.value == '\r') {
        out += "\\r";
    } else if (code.value == '\t') {
        out += "\\t";
    } else {
        std::size_t digits = 1;
        while ((code.value >> (4 * digits)) != 0) ++digits;
        out += "\\u{";
        append_hex(out, code.value, std::max<std::size_t>(digits, 2));
        out += '}';
    }
}

// The code point of `u{1b}` or `u001b` at the front of `text`, which is taken away.
std::optional<char32_t> pop_code(std::string_view& text) {
    const bool is_braced = text.starts_with("u{");
    const auto digits = is_braced ? text.substr(2, text.find('}') - 2) : text.substr(1, 4);
    std::uint32_t code = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    const bool is_code = result.ec == std::errc{} && result.ptr == digits.data() + digits.size() &&
                         code <= 0x10ffff && (is_braced || digits.size() == 4);
    if (!is_code) return std::nullopt;
    text.remove_prefix(is_braced ? digits.size() + 3 : 5);
    return code;
}

// Takes escapes back; `is_doubled`: a backslash is shown as two. What is no escape stays.
std::string unescaped(std::string_view text, bool is_doubled) {
    constexpr std::string_view names = "nrtbf\"/", meanings = "\n\r\t\b\f\"/";
    std::string out;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        out += c;
        if (c != '\\' || text.empty()) continue;
        const auto name = names.find(text.front());
        if (name != std::string_view::npos) {
            out.back() = meanings[name];
            text.remove_prefix(1);
        } else if (is_doubled && text.front() == '\\') {
            text.remove_prefix(1);
        } else if (text.front() == 'u') {
            if (const auto code = pop_code(text)) {
                out.pop_back();
                append_utf8(out, *code);
            }
        }
    }
    return out;
}

}  // namespace

CodePoint front_of(std::string_view bytes) noexcept {
    using Utf8 = boost::locale::utf::utf_traits<char>;
    const auto byte = static_cast<unsigned char>(bytes.front());
    if (byte < 0x80) return {byte, 1, true};
    const char* at = bytes.data();
    const auto code = Utf8::decode(at, bytes.data() + bytes.size());
    if (code == boost::locale::utf::illegal || code == boost::locale::utf::incomplete) {
        return {byte, 1, false};
    }
    return {static_cast<char32_t>(code), static_cast<std::size_t>(at - bytes.data()), true};
}

char32_t pop_front(std::string_view& text) noexcept {
    const CodePoint code = front_of(text);
    text.remove_prefix(code.size);
    return code.valid ? code.value : 0x110000 + code.value;
}

bool is_utf8(std::string_view bytes) noexcept {
    for (;;) {
        bytes.remove_prefix(ascii_front(bytes));
        // A few code points one by one, then words again: long ASCII runs stay fast.
        for (int step = 0; step < 8; ++step) {
            if (bytes.empty()) return true;
            const CodePoint code = front_of(bytes);
            if (!code.valid) return false;
            bytes.remove_prefix(code.size);
        }
    }
}

bool is_unseen(char32_t code) noexcept {
    if (code < 0x7f) return code < 0x20;
    return is_within(code, unseen);
}

bool is_blank(std::string_view text) noexcept {
    constexpr std::u32string_view blanks =
        U" \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        U"\u202f\u205f\u2800\u3000";
    while (!text.empty()) {
        if (blanks.find(pop_front(text)) == std::u32string_view::npos) return false;
    }
    return true;
}

std::string visible(std::string_view bytes) {
    if (std::all_of(bytes.begin(), bytes.end(), is_printable_ascii)) return std::string(bytes);
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const CodePoint code = front_of(bytes);
        if (code.valid && !is_unseen(code.value)) {
            out.append(bytes.substr(0, code.size));
        } else {
            append_escaped(out, code);
        }
        bytes.remove_prefix(code.size);
    }
    return out;
}

bool looks_like_formula(std::string_view text) noexcept {
    return !text.empty() &&
           std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
}

std::vector<std::string> shown_back(std::string_view shown) {
    std::vector<std::string> texts;
    for (const bool is_doubled : {false, true}) {
        const std::string text = unescaped(shown, is_doubled);
        if (text != shown) texts.push_back(text);
    }
    if (shown.starts_with('\'')) {
        const auto bare = shown.substr(1);
        for (auto& text : shown_back(bare))
            if (looks_like_formula(text)) texts.push_back(std::move(text));
        if (looks_like_formula(bare)) texts.emplace_back(bare);
    }
    return texts;
}

void append_utf8(std::string& out, char32_t code) {
    boost::locale::utf::utf_traits<char>::encode(code, std::back_inserter(out));
}

std::size_t display_width(std::string_view text) noexcept {
    std::size_t width = 0;
    while (!text.empty()) {
        // Each byte of ASCII takes one column, controls too.
        const std::size_t ascii = ascii_front(text);
        width += ascii;
        text.remove_prefix(ascii);
        if (!text.empty()) width += width_of(pop_front(text));
    }
    return width;
}

std::string shorten(std::string_view text, std::size_t width, std::string_view ellipsis) {
    if (display_width(text) <= width) return std::string{text};
    const std::size_t mark = display_width(ellipsis);
    if (mark > width) return {};
    std::size_t used = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        const CodePoint code = front_of(rest);
        if (used + width_of(code.value) > width - mark) break;
        used += width_of(code.value);
        rest.remove_prefix(code.size);
    }
    std::string out{text.substr(0, text.size() - rest.size())};
    out += ellipsis;
    return out;
}

std::string in_quotes(std::string_view text) {
    return '"' + visible(text) + '"';
}

std::string in_short_quotes(std::string_view text) {
    constexpr std::size_t columns = 40;
    // Cut before it is made visible: the text may be a megabyte.
    return '"' + shorten(visible(text.substr(0, 4 * columns)), columns) + '"';
}

std::string in_shell_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) c == '\'' ? out += "'\\''" : out += c;
    return out + '\'';
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Distances of a's front from each front of b, and those of the two fronts before.
    std::vector<std::size_t> row(b.size() + 1), before(row.size()), earlier(row.size());
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        earlier = std::exchange(before, row);
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = before[j] + (a[i] == b[j] ? 0 : 1);
            row[j + 1] = std::min({before[j + 1] + 1, row[j] + 1, replaced});
            const bool swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
            if (swapped) row[j + 1] = std::min(row[j + 1], earlier[j - 1] + 1);
        }
    }
    return row.back();
}

}  // namespace jobtally
