// Text that comes from outside: checked, measured, shown without harm, and matched by glob.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace jobtally {

// U+FEFF at the beginning of a text, where it says nothing.
inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// What begins at the front of some text: a code point, or one byte that is not UTF-8.
struct CodePoint {
    char32_t value;    // the byte itself where not valid
    std::size_t size;  // in bytes, 1 to 4
    bool valid;
};

// Reads the front of `bytes`, which must not be empty.
CodePoint front_of(std::string_view bytes) noexcept;

// True when `bytes` is well-formed UTF-8 (no overlong forms, no surrogates, nothing above
// U+10FFFF).
bool is_utf8(std::string_view bytes) noexcept;

// True for code points that act on a terminal, a log or their neighbours instead of being seen: C0,
// DEL and C1 controls, line and paragraph separators, bidirectional controls, zero-width and other
// invisible format characters, tags.
bool is_unseen(char32_t code) noexcept;

// The text with everything that could act on a terminal or a log made visible: line breaks and tabs
// as \n, \r, \t, every other unseen code point as \u{1b}, bytes that are not UTF-8 as \x9f. A
// backslash stays as it is, so the text can be read, but not always turned back.
std::string visible(std::string_view bytes);

// The number of terminal columns that visible UTF-8 text takes: wide characters count 2,
// combining ones 0.
std::size_t display_width(std::string_view text) noexcept;

// `text` cut to at most `width` columns, with `ellipsis` at its end where something was cut.
std::string shorten(std::string_view text, std::size_t width, std::string_view ellipsis = "…");

// Shell glob over the whole text, by code points: `*`, `?`, `[a-z]`, `[!a-z]`, `\` quotes. Case
// counts. A `[` without its `]` stands for itself. Takes polynomial time for any pattern.
bool glob_match(std::string_view pattern, std::string_view text) noexcept;

// True when `pattern` holds an unquoted glob character.
bool is_glob(std::string_view pattern) noexcept;

// A count as people read it: plain digits up to four, groups of three from five on: 9999, 10,000.
std::string count_text(std::int64_t count);

// The same in a sentence, with groups of three from four digits on: 9,999.
std::string with_commas(std::int64_t number);

// A fraction as people read it, `98.2 %`. Less than all is never 100.0 %, more than none never
// 0.0 %: `>99.9 %`, `<0.1 %`.
std::string per_cent_text(double fraction);

// A number without exponent, rounded to six decimals and without needless ones: `98.2`, `-3`.
std::string decimal_text(double value);

// ASCII-only comparison without regard to case.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace jobtally
