#include "core/base/text.hpp"

#include "core/base/code_width.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>

#include <boost/locale/utf.hpp>
#include <fmt/format.h>

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

// Takes the code point at the front of `text` away from it; a byte that is not UTF-8 becomes a
// value beyond Unicode, equal to no code point.
char32_t pop_front(std::string_view& text) noexcept {
    const CodePoint code = front_of(text);
    text.remove_prefix(code.size);
    return code.valid ? code.value : 0x110000 + code.value;
}

// As pop_front, but `\x` is x. A backslash at the very end stands for itself.
char32_t pop_quoted(std::string_view& pattern) noexcept {
    if (pattern.size() > 1 && pattern.front() == '\\') pattern.remove_prefix(1);
    return pop_front(pattern);
}

enum class InSet { no, yes, not_a_set };

// `pattern` stands behind a `[`; where a set follows it is moved behind the set's `]`.
InSet match_set(std::string_view& pattern, char32_t code) noexcept {
    std::string_view rest = pattern;
    const bool negated = !rest.empty() && (rest.front() == '!' || rest.front() == '^');
    if (negated) rest.remove_prefix(1);
    bool found = false;
    for (bool first = true; !rest.empty(); first = false) {
        if (rest.front() == ']' && !first) {
            pattern = rest.substr(1);
            return found != negated ? InSet::yes : InSet::no;
        }
        const char32_t low = pop_quoted(rest);
        char32_t high = low;
        if (rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
            rest.remove_prefix(1);
            high = pop_quoted(rest);
        }
        found = found || (low <= code && code <= high);
    }
    return InSet::not_a_set;
}

// Matches one pattern element, which is no `*`, against one code point; moves `pattern` behind it.
bool match_one(std::string_view& pattern, char32_t code) noexcept {
    if (pattern.front() == '?') {
        pattern.remove_prefix(1);
        return true;
    }
    if (pattern.front() == '[') {
        std::string_view set = pattern.substr(1);
        const InSet result = match_set(set, code);
        if (result != InSet::not_a_set) {
            pattern = set;
            return result == InSet::yes;
        }
    }
    return pop_quoted(pattern) == code;
}

char lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
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

std::string visible(std::string_view bytes) {
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

std::size_t display_width(std::string_view text) noexcept {
    std::size_t width = 0;
    while (!text.empty()) width += width_of(pop_front(text));
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

// Only the last `*` is ever tried again: what an earlier one took can stay, for the later one can
// take whatever the earlier one would have left.
bool glob_match(std::string_view pattern, std::string_view text) noexcept {
    bool has_star = false;
    std::string_view star_pattern;
    std::string_view star_text;
    while (!text.empty() || !pattern.empty()) {
        if (!pattern.empty() && pattern.front() == '*') {
            pattern.remove_prefix(1);
            has_star = true;
            star_pattern = pattern;
            star_text = text;
            continue;
        }
        if (!pattern.empty() && !text.empty() && match_one(pattern, pop_front(text))) continue;
        if (!has_star || star_text.empty()) return false;
        pop_front(star_text);
        pattern = star_pattern;
        text = star_text;
    }
    return true;
}

bool is_glob(std::string_view pattern) noexcept {
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '\\') {
            ++at;
        } else if (pattern[at] == '*' || pattern[at] == '?' || pattern[at] == '[') {
            return true;
        }
    }
    return false;
}

std::string count_text(std::int64_t count) {
    std::string digits = std::to_string(count);
    const std::size_t first = digits.front() == '-' ? 1 : 0;
    if (digits.size() - first < 5) return digits;
    for (std::size_t at = digits.size() - 3; at > first; at = at > 3 ? at - 3 : 0) {
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string with_commas(std::int64_t number) {
    const std::string digits = fmt::format("{}", number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string per_cent_text(double fraction) {
    const std::string digits = fmt::format("{:.1f}", fraction * 100);
    if (fraction > 0 && digits == "0.0") return "<0.1 %";
    if (fraction < 1 && digits == "100.0") return ">99.9 %";
    return (digits == "-0.0" ? "0.0" : digits) + " %";
}

std::string decimal_text(double value) {
    std::string text = fmt::format("{:.6f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text == "-0" ? "0" : text;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char left, char right) { return lower(left) == lower(right); });
}

}  // namespace jobtally
