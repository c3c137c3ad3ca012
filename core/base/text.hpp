// Text that comes from outside: checked, measured, compared, and shown without harm.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// Takes the code point at the front of `text`, which must not be empty, away from it. A byte that
// is not UTF-8 becomes a value beyond Unicode, equal to no code point.
char32_t pop_front(std::string_view& text) noexcept;

// True when `bytes` is well-formed UTF-8 (no overlong forms, no surrogates, nothing above
// U+10FFFF).
bool is_utf8(std::string_view bytes) noexcept;

// True for code points that act on a terminal, a log or their neighbours instead of being seen: C0,
// DEL and C1 controls, line and paragraph separators, bidirectional controls, zero-width and other
// invisible format characters, tags.
bool is_unseen(char32_t code) noexcept;

// True for a text that is nothing but blanks, of which visible() shows nothing either.
bool is_blank(std::string_view text) noexcept;
// The name of what has this id: the id, where nobody could see the name.
inline const std::string& name_or_id(const std::optional<std::string>& name,
                                     const std::string& id) {
    return name && !is_blank(*name) ? *name : id;
}

// The text with everything that could act on a terminal or a log made visible: line breaks and tabs
// as \n, \r, \t, every other unseen code point as \u{1b}, bytes that are not UTF-8 as \x9f. A
// backslash stays as it is, so the text can be read, but not always turned back.
std::string visible(std::string_view bytes);

// True for a text that begins with = + - @ TAB or CR, which spreadsheets take for a formula.
bool looks_like_formula(std::string_view text) noexcept;

// What a text may have been that some output shows as `shown`, likeliest first: its escapes (those
// of visible(), of tsv and of JSON) and the `'` that csv puts before formulas taken back.
std::vector<std::string> shown_back(std::string_view shown);

// Adds the code point as UTF-8; a surrogate in the same form, which is not UTF-8.
void append_utf8(std::string& out, char32_t code);

// The number of terminal columns that visible UTF-8 text takes: wide characters count 2,
// combining ones 0.
std::size_t display_width(std::string_view text) noexcept;

// `text` cut to at most `width` columns, with `ellipsis` at its end where something was cut.
std::string shorten(std::string_view text, std::size_t width, std::string_view ellipsis = "…");

// The whole text, visible and in double quotes.
std::string in_quotes(std::string_view text);

// The same, cut to 40 columns: for messages about a text that may be as long as a report.
std::string in_short_quotes(std::string_view text);

// The text in single quotes, as shells read it to the letter.
std::string in_shell_quotes(std::string_view text);

// How many bytes must be inserted, deleted, replaced or swapped with their neighbour to make `b` of
// `a`, each changed once: F. J. Damerau, "A technique for computer detection and correction of
// spelling errors", 1964.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace jobtally
