// What the terminal can do.
#pragma once

#include <cstddef>

namespace jobtally::cli {

bool is_terminal(int descriptor);
// Columns of the terminal behind stdout, or of `COLUMNS` if set; 0 where stdout is no terminal.
std::size_t terminal_width();
// Its rows, or `LINES` if set; 0 where stdout is no terminal.
std::size_t terminal_height();
// True when the locale's character set is UTF-8 (LC_ALL, LC_CTYPE, LANG) or none is set at all.
bool locale_has_utf8();

}  // namespace jobtally::cli
