// Text that comes from outside: checked, measured, shown without harm, and matched by glob.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobtally {

// True when `bytes` is well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view bytes) noexcept;

// The text with everything that could act on a terminal or a log made visible: C0 and C1 controls
// (line breaks and tabs too) as \n, \t or \u{1b}, bidirectional and other invisible format
// controls as \u{202e}, bytes that are not UTF-8 as \x9f. A backslash stays as it is.
std::string visible(std::string_view bytes);

// The number of terminal columns that visible UTF-8 text takes: wide characters count 2,
// combining ones 0.
std::size_t display_width(std::string_view text) noexcept;

// `text` cut to at most `width` columns, with an ellipsis at its end where something was cut.
std::string shorten(std::string_view text, std::size_t width);

// Shell glob over the whole text: `*`, `?`, `[a-z]`, `[!a-z]`, `\` quotes. Case counts.
bool glob_match(std::string_view pattern, std::string_view text) noexcept;

// True when `pattern` holds an unquoted glob character.
bool is_glob(std::string_view pattern) noexcept;

// ASCII-only comparison without regard to case.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace jobtally
