#include "cli/terminal/terminal.hpp"

#include "core/base/ascii.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace jobtally::cli {

namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

// What the environment says, else the terminal behind stdout.
std::size_t size_of_terminal(const char* variable, unsigned short winsize::*size) {
    if (!is_terminal(STDOUT_FILENO)) return 0;
    const auto text = environment(variable);
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (number > 0) return number;
    winsize found{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) == 0 ? found.*size : 0;
}

}  // namespace

bool is_terminal(int descriptor) {
    return ::isatty(descriptor) == 1;
}

std::size_t terminal_width() {
    return size_of_terminal("COLUMNS", &winsize::ws_col);
}

std::size_t terminal_height() {
    return size_of_terminal("LINES", &winsize::ws_row);
}

bool locale_has_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto value = environment(name);
        if (value.empty()) continue;
        const auto dot = value.find('.');
        if (dot == std::string_view::npos) return false;  // `C` and `POSIX` have no character set
        const auto charset = value.substr(dot + 1, value.find('@') - dot - 1);
        return equals_ignoring_case(charset, "utf-8") || equals_ignoring_case(charset, "utf8");
    }
    // Cron and containers set nothing; their output ends up in mails and logs, which are UTF-8.
    return true;
}

}  // namespace jobtally::cli
