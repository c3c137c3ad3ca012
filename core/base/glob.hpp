// Shell patterns.
#pragma once

#include <string_view>

namespace jobtally {

// Shell glob over the whole text, by code points: `*`, `?`, `[a-z]`, `[!a-z]`, `\` quotes. Case
// counts. A `[` without its `]` stands for itself. Takes polynomial time for any pattern.
bool glob_match(std::string_view pattern, std::string_view text) noexcept;

// True when `pattern` holds an unquoted glob character.
bool is_glob(std::string_view pattern) noexcept;

}  // namespace jobtally
